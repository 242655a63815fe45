using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/xattr.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int setxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint getxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint listxattr(byte* path, byte* list, nuint size);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int fsetxattr(SafeFd fd, byte* name, byte* value, nuint size, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint fgetxattr(SafeFd fd, byte* name, byte* value, nuint size);
}
