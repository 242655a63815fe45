using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>signal.h and sys/signalfd.h</summary>
internal static partial class LibC
{
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGCONT = 18;
    internal const int SIGSTOP = 19;

    internal const int SIG_BLOCK = 0;
    internal const int SFD_CLOEXEC = 0x80000;
    internal const int SFD_NONBLOCK = 0x800;

    /// <summary>sigset_t of glibc: 1024 bits, signal n is bit n - 1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sigset_t
    {
        internal fixed ulong val[16];
    }

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int signalfd(int fd, sigset_t* mask, int flags);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int pthread_sigmask(int how, sigset_t* set, sigset_t* oldset);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int kill(int pid, int sig);
}
