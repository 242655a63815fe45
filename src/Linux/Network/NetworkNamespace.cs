using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>Network namespaces that a file keeps alive, as <c>ip netns</c> does it (ip-netns(8)).</summary>
public static class NetworkNamespace
{
    /// <summary>
    /// Makes a namespace with its loopback interface up, applies <paramref name="sysctls"/> in it, and bind-mounts it
    /// at <paramref name="path"/>, which must not exist.
    /// </summary>
    /// <param name="path">Absolute; its directory exists.</param>
    /// <param name="sysctls">Names below <c>/proc/sys</c> with slashes (<c>net/ipv4/...</c>), and values.</param>
    /// <exception cref="LinuxException">unshare, open, ioctl, write or mount failed; nothing is left behind.</exception>
    public static void CreatePinned(string path, IReadOnlyList<KeyValuePair<string, string>> sysctls)
    {
        OwnThread.Run(() =>
        {
            if (LibC.unshare(LibC.CLONE_NEWNET) < 0)
            {
                throw LinuxException.FromLastError("unshare CLONE_NEWNET", path);
            }

            BringLoopbackUp();
            foreach ((string name, string value) in sysctls)
            {
                // /proc/sys/net shows the namespace of the thread that opens the file.
                WriteSysctl("/proc/sys/" + name, value);
            }

            Pin(path);
        });
    }

    /// <summary>Unmounts and removes the file; one that is gone already, or not mounted, is fine.</summary>
    /// <exception cref="LinuxException">umount2 or unlink failed.</exception>
    public static void RemovePinned(string path)
    {
        // Detached, not plainly unmounted: another mount namespace may hold a copy, and that must not stop us.
        if (LibC.umount2(path, LibC.MNT_DETACH | LibC.UMOUNT_NOFOLLOW) < 0
            && (Errno)Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.ENOENT))
        {
            throw LinuxException.FromLastError("umount2", path);
        }

        if (LibC.unlink(path) < 0 && (Errno)Marshal.GetLastPInvokeError() != Errno.ENOENT)
        {
            throw LinuxException.FromLastError("unlink", path);
        }
    }

    /// <summary>Whether process <paramref name="pid"/> is in the namespace pinned at <paramref name="path"/>; not when either is gone.</summary>
    public static bool HasMember(string path, int pid)
    {
        using SafeFd? pin = PlainFile.TryOpenRead(path, out _);
        return pin is not null
            && FileMetadata.TryGetStatus(pin, out FileStatus status) == Errno.None
            && new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net")).LinkTarget == string.Create(CultureInfo.InvariantCulture, $"net:[{status.Inode}]");
    }

    /// <summary>Runs <paramref name="action"/> on a thread inside the namespace pinned at <paramref name="path"/>.</summary>
    /// <exception cref="LinuxException">open or setns failed.</exception>
    public static void RunInside(string path, Action action) => OwnThread.Run(() =>
    {
        using SafeFd ns = PlainFile.TryOpenRead(path, out Errno error) ?? throw new LinuxException("open", path, error);
        if (LibC.setns_net(ns, LibC.CLONE_NEWNET) < 0)
        {
            throw LinuxException.FromLastError("setns", path);
        }

        action();
    });

    private static unsafe void BringLoopbackUp()
    {
        int fd = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        using SafeFd socket = fd < 0 ? throw LinuxException.FromLastError("socket", "AF_INET") : SafeFd.Adopt(fd);
        LibC.ifreq request = default;
        request.ifr_name[0] = (byte)'l';
        request.ifr_name[1] = (byte)'o';
        if (LibC.ioctl(socket, LibC.SIOCGIFFLAGS, (nint)(&request)) < 0)
        {
            throw LinuxException.FromLastError("ioctl SIOCGIFFLAGS", "lo");
        }

        request.ifr_flags |= LibC.IFF_UP;
        if (LibC.ioctl(socket, LibC.SIOCSIFFLAGS, (nint)(&request)) < 0)
        {
            throw LinuxException.FromLastError("ioctl SIOCSIFFLAGS", "lo");
        }
    }

    private static void WriteSysctl(string path, string value)
    {
        using SafeFd file = PlainFile.TryOpenWrite(path, out Errno error) ?? throw new LinuxException("open", path, error);
        Errno failure = FdIO.WriteAll(file, System.Text.Encoding.UTF8.GetBytes(value));
        if (failure != Errno.None)
        {
            throw new LinuxException("write", path, failure);
        }
    }

    private static void Pin(string path)
    {
        int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, 0x120);
        if (fd < 0)
        {
            throw LinuxException.FromLastError("open", path);
        }

        SafeFd.Adopt(fd).Dispose();
        if (LibC.mount("/proc/thread-self/ns/net", path, null, LibC.MS_BIND, null) < 0)
        {
            LinuxException failure = LinuxException.FromLastError("mount", path);
            LibC.unlink(path);
            throw failure;
        }
    }
}
