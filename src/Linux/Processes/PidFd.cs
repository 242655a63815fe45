using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>pidfd: a process that cannot be mistaken for another that got its number.</summary>
public static class PidFd
{
    /// <summary>Opens the process <paramref name="pid"/>; null and ESRCH when it is gone.</summary>
    /// <remarks>Sure to be the intended process only for a child not yet reaped; check identity afterwards for any other.</remarks>
    public static SafeFd? TryOpen(int pid, out Errno error)
    {
        long fd = LibC.syscall(LibC.SYS_pidfd_open, pid, 0, 0, 0);
        error = fd < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        return fd < 0 ? null : new SafeFd((int)fd);
    }

    /// <summary>Sends a signal; ESRCH when the process has ended.</summary>
    public static Errno TrySendSignal(SafeFd process, int signal)
    {
        bool held = false;
        try
        {
            process.DangerousAddRef(ref held);
            return LibC.syscall(LibC.SYS_pidfd_send_signal, process.Number, signal, 0, 0) < 0
                ? (Errno)Marshal.GetLastPInvokeError()
                : Errno.None;
        }
        finally
        {
            if (held)
            {
                process.DangerousRelease();
            }
        }
    }

    /// <summary>Reaps the child if it has ended; false while it runs or when it is no child of this process.</summary>
    public static unsafe bool TryReap(SafeFd child, out ChildExit exit)
    {
        LibC.siginfo_t info = default;
        int result = LibC.waitid(LibC.P_PIDFD, (uint)child.Number, &info, LibC.WEXITED | LibC.WNOHANG);

        // With WNOHANG and nobody to reap, waitid succeeds and leaves si_pid 0.
        bool ended = result == 0 && info.si_pid != 0;
        exit = ended ? ToExit(info) : default;
        return ended;
    }

    /// <summary>Whether the process is a child of this one, ended or not, and not yet reaped.</summary>
    public static unsafe bool IsChild(SafeFd process)
    {
        LibC.siginfo_t info = default;
        return LibC.waitid(LibC.P_PIDFD, (uint)process.Number, &info, LibC.WEXITED | LibC.WNOHANG | LibC.WNOWAIT) == 0;
    }

    /// <summary>Looks for any ended child without reaping it, so that its owner still gets the status.</summary>
    public static unsafe bool TryPeekEndedChild(out int pid)
    {
        LibC.siginfo_t info = default;
        int result = LibC.waitid(LibC.P_ALL, 0, &info, LibC.WEXITED | LibC.WNOHANG | LibC.WNOWAIT);
        pid = info.si_pid;
        return result == 0 && pid != 0;
    }

    /// <summary>Reaps an ended child whose status nobody wants: an orphan that was handed to this process.</summary>
    public static unsafe void DiscardEndedChild(int pid)
    {
        LibC.siginfo_t info = default;
        LibC.waitid(LibC.P_PID, (uint)pid, &info, LibC.WEXITED | LibC.WNOHANG);
    }

    private static ChildExit ToExit(in LibC.siginfo_t info) => info.si_code == LibC.CLD_EXITED
        ? new ChildExit(info.si_pid, info.si_status & 0xff, 0)
        : new ChildExit(info.si_pid, 128 + info.si_status, info.si_status);
}
