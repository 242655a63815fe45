using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// A mount namespace that holds one empty, read-only tmpfs with one directory, <see cref="MountPoint"/>. Who is to live
/// among mounts of its own begins with a copy of it: a copy of the host's would cost more than a microsecond for each
/// mount of the node, and as much again to be taken down.
/// </summary>
public static class EmptyMountNamespace
{
    /// <summary>Where a new root can be attached.</summary>
    public const string MountPoint = "/m";

    // Covered for the moment between two calls, in the new namespace only; it is there on every host.
    private const string Stage = "/proc";

    private const ulong Closed = LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC;

    /// <summary>Makes one and gives the descriptor that keeps it alive; null, with the reason, where the kernel refuses.</summary>
    /// <param name="error">EPERM without CAP_SYS_ADMIN.</param>
    public static SafeFd? TryCreate(out Errno error)
    {
        SafeFd? result = null;
        Errno failure = Errno.None;
        OwnThread.Run(() => result = Create(out failure));
        error = failure;
        return result;
    }

    private static SafeFd? Create(out Errno error)
    {
        error = Errno.None;
        if (LibC.unshare(LibC.CLONE_NEWNS) < 0 || LibC.mount(null, "/", null, LibC.MS_REC | LibC.MS_PRIVATE, null) < 0)
        {
            error = LastError();
            return null;
        }

        int opened = LibC.open("/proc/thread-self/ns/mnt", LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (opened < 0)
        {
            error = LastError();
            return null;
        }

        SafeFd self = SafeFd.Adopt(opened);
        if (LibC.mount("empty", Stage, "tmpfs", Closed, "nr_blocks=1,nr_inodes=2,mode=555") < 0
            || LibC.mkdir(Stage + MountPoint, 0x16d /* 0555 */) < 0
            || LibC.mount(null, Stage, null, LibC.MS_REMOUNT | LibC.MS_BIND | LibC.MS_RDONLY | Closed, null) < 0
            || LibC.chdir(Stage) < 0
            || LibC.pivot_root(".", ".") < 0
            || LibC.umount2(".", LibC.MNT_DETACH) < 0)
        {
            error = LastError();
            self.Dispose();
            return null;
        }

        return self;
    }

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();
}
