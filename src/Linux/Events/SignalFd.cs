using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>signalfd(2): a signal as a readable descriptor.</summary>
public static class SignalFd
{
    /// <summary>
    /// Becomes readable when a child of this process has changed state. SIGCHLD must be blocked in every thread, so
    /// the parent blocks it before this process starts.
    /// </summary>
    /// <exception cref="LinuxException">signalfd failed.</exception>
    public static unsafe SafeFd ForChildren()
    {
        LibC.sigset_t set = default;
        set.val[0] = 1UL << (LibC.SIGCHLD - 1);
        int fd = LibC.signalfd(-1, &set, LibC.SFD_CLOEXEC | LibC.SFD_NONBLOCK);
        return fd < 0 ? throw LinuxException.FromLastError("signalfd", "SIGCHLD") : new SafeFd(fd);
    }

    /// <summary>Takes the pending signals, so that the descriptor is unreadable until the next.</summary>
    public static void Clear(SafeFd fd)
    {
        // struct signalfd_siginfo is 128 bytes; SIGCHLD is no real-time signal, so at most one is pending.
        Span<byte> info = stackalloc byte[256];
        FdIO.Read(fd, info, out _);
    }
}
