using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>unistd.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint read(SafeFd fd, byte* buf, nuint count);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint write(SafeFd fd, byte* buf, nuint count);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int pipe2(int* pipefd, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int ftruncate(SafeFd fd, long length);

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string pathname);

    [LibraryImport(Libraries.LibC)]
    internal static partial uint geteuid();
}
