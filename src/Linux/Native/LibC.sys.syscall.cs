using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/syscall.h: calls that older C libraries have no wrapper for. Numbers above 423 are the same on every architecture.</summary>
internal static partial class LibC
{
    internal const long SYS_pidfd_send_signal = 424;
    internal const long SYS_open_tree = 428;
    internal const long SYS_fsopen = 430;
    internal const long SYS_fsconfig = 431;
    internal const long SYS_fsmount = 432;
    internal const long SYS_pidfd_open = 434;
    internal const long SYS_openat2 = 437;
    internal const long SYS_mount_setattr = 442;

    // Variadic in C; integer arguments are passed like named ones on every Linux ABI .NET runs on.
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial long syscall(long number, long arg1, long arg2, long arg3, long arg4);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial long syscall(long number, long arg1, long arg2, long arg3, long arg4, long arg5);
}
