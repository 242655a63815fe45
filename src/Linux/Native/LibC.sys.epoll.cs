using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/epoll.h</summary>
/// <remarks>
/// struct epoll_event is packed on x86-64 (12 bytes, data at 4) and naturally aligned elsewhere (16 bytes, data at 8),
/// so it is passed as bytes and laid out by <see cref="Keelson.Linux.EpollSet"/>.
/// </remarks>
internal static partial class LibC
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int epoll_ctl(SafeFd epfd, int op, SafeFd fd, byte* @event);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int epoll_wait(SafeFd epfd, byte* events, int maxevents, int timeout);
}
