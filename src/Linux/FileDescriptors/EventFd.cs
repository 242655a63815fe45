using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>eventfd(2): one thread wakes another that waits in an <see cref="EpollSet"/>.</summary>
public static class EventFd
{
    /// <summary>Makes a non-blocking counter of zero.</summary>
    /// <exception cref="LinuxException">eventfd failed.</exception>
    public static SafeFd Create()
    {
        int fd = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        return fd < 0 ? throw LinuxException.FromLastError("eventfd", string.Empty) : new SafeFd(fd);
    }

    /// <summary>Makes the descriptor readable.</summary>
    public static void Signal(SafeFd fd) => FdIO.Write(fd, [1, 0, 0, 0, 0, 0, 0, 0], out _);

    /// <summary>Makes it unreadable again.</summary>
    public static void Clear(SafeFd fd)
    {
        Span<byte> counter = stackalloc byte[8];
        FdIO.Read(fd, counter, out _);
    }
}
