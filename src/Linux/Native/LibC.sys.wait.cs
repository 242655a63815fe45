using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/wait.h and the SIGCHLD part of siginfo_t</summary>
internal static partial class LibC
{
    internal const int P_ALL = 0;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;

    internal const int WNOHANG = 0x1;
    internal const int WEXITED = 0x4;
    internal const int WNOWAIT = 0x1000000;

    internal const int CLD_EXITED = 1;
    internal const int CLD_KILLED = 2;
    internal const int CLD_DUMPED = 3;

    /// <summary>siginfo_t as waitid(2) fills it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct siginfo_t
    {
        [FieldOffset(0)]
        internal int si_signo;
        [FieldOffset(8)]
        internal int si_code;
        [FieldOffset(16)]
        internal int si_pid;
        [FieldOffset(24)]
        internal int si_status;
    }

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int waitid(int idtype, uint id, siginfo_t* infop, int options);
}
