using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>fcntl.h</summary>
internal static partial class LibC
{
    internal const int O_RDONLY = 0x0;
    internal const int O_WRONLY = 0x1;
    internal const int O_RDWR = 0x2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_TRUNC = 0x200;
    internal const int O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;

    // These two differ between the generic ABI (x86-64) and arm64.
    internal static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    internal static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;

    // Variadic in C; the third argument is passed like a named one on every Linux ABI .NET runs on.
    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string pathname, int flags, uint mode);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int fcntl(SafeFd fd, int cmd, long arg);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int openat(SafeFd dirfd, byte* pathname, int flags, uint mode);
}
