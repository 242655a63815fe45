using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/sendfile.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint sendfile(SafeFd out_fd, SafeFd in_fd, long* offset, nuint count);
}
