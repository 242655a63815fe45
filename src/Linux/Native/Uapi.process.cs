using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>linux/capability.h, linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/if.h, linux/keyctl.h, linux/ioprio.h, linux/mempolicy.h, sys/personality.h, sys/resource.h, sched.h, asm/signal.h</summary>
internal static partial class Uapi
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_SET_KEEPCAPS = 8;
    internal const int PR_SET_SECUREBITS = 28;
    internal const int PR_SET_TIMERSLACK = 29;
    internal const int PR_SET_THP_DISABLE = 41;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_RAISE = 2;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    internal const int KEYCTL_JOIN_SESSION_KEYRING = 1;

    internal const int SECCOMP_SET_MODE_FILTER = 1;
    internal const long SECCOMP_FILTER_FLAG_LOG = 2;
    internal const long SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;

    internal const int SCHED_OTHER = 0;
    internal const int PRIO_PROCESS = 0;
    internal const int IOPRIO_WHO_PROCESS = 1;
    internal const int MPOL_DEFAULT = 0;
    internal const int PER_LINUX = 0;
    internal const int ADDR_NO_RANDOMIZE = 0x40000;

    internal const int CLOSE_RANGE_CLOEXEC = 4;
    internal const int MFD_CLOEXEC = 1;
    internal const int MFD_ALLOW_SEALING = 2;
    internal const int MFD_EXEC = 0x10;
    internal const int F_ADD_SEALS = 1033;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int F_SEAL_ALL = 0xf;

    internal const int SIG_SETMASK = 2;
    internal const ulong SIG_DFL = 0;
    internal const ulong SIG_IGN = 1;
    internal const int TIOCSCTTY = 0x540e;

    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SIOCSIFFLAGS = 0x8914;
    internal const short IFF_UP = 1;

    /// <summary>struct __user_cap_header_struct</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_header_struct
    {
        internal uint version;
        internal int pid;
    }

    /// <summary>struct __user_cap_data_struct, twice: low and high half.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_data_struct
    {
        internal uint effective;
        internal uint permitted;
        internal uint inheritable;
    }

    /// <summary>struct rlimit64</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct rlimit64
    {
        internal ulong rlim_cur;
        internal ulong rlim_max;
    }

    /// <summary>The kernel's struct sigaction, which has no restorer on arm64; all of it is zero here but the handler.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct kernel_sigaction
    {
        internal ulong handler;
        internal ulong flags;
        internal ulong restorer;
        internal ulong mask;
    }

    /// <summary>struct sock_filter</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_filter
    {
        internal ushort code;
        internal byte jt;
        internal byte jf;
        internal uint k;
    }

    /// <summary>struct ifreq, as SIOCSIFFLAGS reads it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct ifreq
    {
        [FieldOffset(0)]
        internal ulong ifr_name_start;
        [FieldOffset(16)]
        internal short ifr_flags;
    }
}
