using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>dirent.h</summary>
internal static partial class LibC
{
    // struct dirent64: d_ino 0, d_off 8, d_reclen (u16) 16, d_type (u8) 18, d_name 19.
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint getdents64(SafeFd fd, byte* dirp, nuint count);
}
