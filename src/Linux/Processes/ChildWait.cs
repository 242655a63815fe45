using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>Waiting for one child of this process.</summary>
public static class ChildWait
{
    /// <summary>Waits for the child to end, and reaps it.</summary>
    public static unsafe void Reap(SafeFd child)
    {
        LibC.siginfo_t info = default;
        while (LibC.waitid(LibC.P_PIDFD, (uint)child.Number, &info, LibC.WEXITED) < 0
            && Marshal.GetLastPInvokeError() == (int)Errno.EINTR)
        {
        }
    }

    /// <summary>Waits until <paramref name="fd"/> is readable or at its end; false when the time is over.</summary>
    public static unsafe bool WaitReadable(SafeFd fd, int timeoutMilliseconds)
    {
        long deadline = Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            LibC.pollfd poll = new() { fd = fd.Number, events = LibC.POLLIN };
            int left = (int)Math.Max(0, deadline - Environment.TickCount64);
            int ready = LibC.poll(&poll, 1, left);
            if (ready > 0)
            {
                return true;
            }

            if (ready == 0 || Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
            {
                return false;
            }
        }
    }
}
