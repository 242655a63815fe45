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

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rmdir(string pathname);

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chdir(string path);

    // In the C library, though no header declares it.
    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pivot_root(string new_root, string put_old);

    [LibraryImport(Libraries.LibC)]
    internal static partial uint geteuid();

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int unlinkat(SafeFd dirfd, byte* pathname, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int linkat(SafeFd olddirfd, byte* oldpath, SafeFd newdirfd, byte* newpath, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int symlinkat(byte* target, SafeFd newdirfd, byte* linkpath);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint readlinkat(SafeFd dirfd, byte* pathname, byte* buf, nuint bufsiz);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int fchown(SafeFd fd, uint owner, uint group);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int fchownat(SafeFd dirfd, byte* pathname, uint owner, uint group, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int fsync(SafeFd fd);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int syncfs(SafeFd fd);
}
