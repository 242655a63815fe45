using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>malloc.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC)]
    internal static partial int malloc_trim(nuint pad);
}
