using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>poll.h</summary>
internal static partial class LibC
{
    internal const short POLLIN = 0x1;

    /// <summary>struct pollfd</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int poll(pollfd* fds, nuint nfds, int timeout);
}
