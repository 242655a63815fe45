using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>Numbers and layouts of the kernel's own headers (linux/*.h), for calls that are made as data. linux/sched.h</summary>
internal static partial class Uapi
{
    internal const ulong CLONE_NEWNS = 0x00020000;
    internal const ulong CLONE_NEWCGROUP = 0x02000000;
    internal const ulong CLONE_NEWUTS = 0x04000000;
    internal const ulong CLONE_NEWIPC = 0x08000000;
    internal const ulong CLONE_NEWUSER = 0x10000000;
    internal const ulong CLONE_NEWPID = 0x20000000;
    internal const ulong CLONE_NEWNET = 0x40000000;
    internal const ulong CLONE_NEWTIME = 0x00000080;
    internal const ulong CLONE_PIDFD = 0x00001000;
    internal const ulong CLONE_CLEAR_SIGHAND = 0x100000000;
    internal const ulong CLONE_INTO_CGROUP = 0x200000000;

    /// <summary>struct clone_args, as of Linux 5.7 (CLONE_ARGS_SIZE_VER2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct clone_args
    {
        internal ulong flags;
        internal ulong pidfd;
        internal ulong child_tid;
        internal ulong parent_tid;
        internal ulong exit_signal;
        internal ulong stack;
        internal ulong stack_size;
        internal ulong tls;
        internal ulong set_tid;
        internal ulong set_tid_size;
        internal ulong cgroup;
    }
}
