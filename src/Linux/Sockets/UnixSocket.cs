using System.Runtime.InteropServices;
using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>Stream sockets of the unix domain, by path; never in the abstract namespace, which has no permissions (CVE-2020-15257).</summary>
public static class UnixSocket
{
    /// <summary>Longest path a socket address holds, without its NUL.</summary>
    public const int MaxPathBytes = 107;

    /// <summary>
    /// Binds and listens at <paramref name="path"/>, mode 0600. The directory must be closed to others: the mode is
    /// set after the name appears.
    /// </summary>
    /// <exception cref="LinuxException">One of the calls failed; EADDRINUSE when the name exists.</exception>
    public static unsafe SafeFd Listen(string path, int backlog)
    {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0);
        SafeFd socket = fd < 0 ? throw LinuxException.FromLastError("socket", path) : new SafeFd(fd);
        try
        {
            LibC.sockaddr_un address = default;
            address.sun_family = LibC.AF_UNIX;
            if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            {
                throw new LinuxException("bind", path, Errno.ENAMETOOLONG);
            }

            Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, MaxPathBytes));
            if (LibC.bind(socket, &address, (uint)sizeof(LibC.sockaddr_un)) < 0)
            {
                throw LinuxException.FromLastError("bind", path);
            }

            if (LibC.chmod(path, 0x180 /* 0600 */) < 0)
            {
                throw LinuxException.FromLastError("chmod", path);
            }

            return LibC.listen(socket, backlog) < 0 ? throw LinuxException.FromLastError("listen", path) : socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes one waiting connection, non-blocking and close-on-exec; null when none waits or it has gone.</summary>
    public static unsafe SafeFd? TryAccept(SafeFd listener)
    {
        int fd = LibC.accept4(listener, null, null, LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK);
        return fd < 0 ? null : new SafeFd(fd);
    }

    /// <summary>The user id of the process at the other end, as of when it connected; null when unknown.</summary>
    public static unsafe uint? TryGetPeerUid(SafeFd socket)
    {
        LibC.ucred credentials;
        uint length = (uint)sizeof(LibC.ucred);
        return LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERCRED, &credentials, &length) < 0 ? null : credentials.uid;
    }

    /// <summary>Sends what fits now. -1 and the <paramref name="error"/> when nothing does; never raises SIGPIPE.</summary>
    public static unsafe int Send(SafeFd socket, ReadOnlySpan<byte> data, out Errno error)
    {
        // SAFETY: the span is pinned for the call, and its length bounds what the kernel reads.
        fixed (byte* start = data)
        {
            nint count;
            do
            {
                count = LibC.send(socket, start, (nuint)data.Length, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT);
                error = count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            }
            while (error == Errno.EINTR);

            return (int)count;
        }
    }
}
