namespace Keelson.CriServer.Mapping;

/// <summary>The <c>info</c> maps of verbose answers.</summary>
internal static class InfoMap
{
    /// <summary>The key under which crictl and other tools look for JSON.</summary>
    internal const string Key = "info";
}
