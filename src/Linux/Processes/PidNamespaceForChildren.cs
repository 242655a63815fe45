using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Which pid namespace the children of the calling THREAD are born in (setns(2), CLONE_NEWPID). The thread itself
/// stays where it is. While it is switched the thread must not start threads: the kernel refuses them (EINVAL).
/// </summary>
public static class PidNamespaceForChildren
{
    /// <summary>Opens the namespace that this process's children are born in now.</summary>
    /// <exception cref="LinuxException">open failed.</exception>
    public static SafeFd OpenOwn()
    {
        int fd = LibC.open("/proc/self/ns/pid", LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        return fd < 0 ? throw LinuxException.FromLastError("open", "/proc/self/ns/pid") : new SafeFd(fd);
    }

    /// <summary>Switches this thread to the namespace of a pidfd or of a namespace descriptor.</summary>
    public static Errno TryEnter(SafeFd target) =>
        LibC.setns(target, (int)Uapi.CLONE_NEWPID) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}
