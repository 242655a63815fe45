using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>unistd.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int close(int fd);
}
