namespace Keelson.Linux.Native;

/// <summary>Names of the shared libraries that layer 1 binds.</summary>
internal static class Libraries
{
    internal const string LibC = "libc";
    internal const string Zstd = "libzstd.so.1";
}
