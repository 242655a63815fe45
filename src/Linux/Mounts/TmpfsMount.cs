using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>A tmpfs on the host for what containers of a pod share.</summary>
public static class TmpfsMount
{
    /// <summary>Mounts a tmpfs of <paramref name="bytes"/> with mode 1777, without devices, programs and setuid.</summary>
    /// <exception cref="LinuxException">mount failed.</exception>
    public static void MountShared(string target, long bytes)
    {
        string options = string.Create(CultureInfo.InvariantCulture, $"mode=1777,size={bytes}");
        if (LibC.mount("shm", target, "tmpfs", LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC, options) < 0)
        {
            throw LinuxException.FromLastError("mount tmpfs", target);
        }
    }

    /// <summary>Detaches what is mounted there; nothing mounted, or no such directory, is fine.</summary>
    /// <exception cref="LinuxException">umount2 failed.</exception>
    public static void Unmount(string target)
    {
        if (LibC.umount2(target, LibC.MNT_DETACH | LibC.UMOUNT_NOFOLLOW) < 0
            && (Errno)Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.ENOENT))
        {
            throw LinuxException.FromLastError("umount2", target);
        }
    }
}
