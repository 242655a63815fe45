using Keelson.Core;

namespace Keelson.CriServer.Mapping;

/// <summary>A request that contradicts itself or the interface: sending it again can't help.</summary>
internal static class Invalid
{
    internal static KeelsonException Request(string what) => new(ErrorKind.InvalidArgument, what);

    /// <summary>Refuses when a condition that a good request meets is not met.</summary>
    internal static void Unless(bool condition, string what)
    {
        if (!condition)
        {
            throw Request(what);
        }
    }
}
