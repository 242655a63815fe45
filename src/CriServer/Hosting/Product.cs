using System.Reflection;

namespace Keelson.CriServer.Hosting;

/// <summary>What the product calls itself.</summary>
internal static class Product
{
    internal const string Name = "keelson";

    /// <summary>A semantic version: the kubelet parses it.</summary>
    internal static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
