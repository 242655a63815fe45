using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/socket.h and sys/un.h</summary>
internal static partial class LibC
{
    internal const int AF_UNIX = 1;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_PEERCRED = 17;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_DONTWAIT = 0x40;

    /// <summary>struct sockaddr_un</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sockaddr_un
    {
        internal ushort sun_family;
        internal fixed byte sun_path[108];
    }

    /// <summary>struct ucred</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ucred
    {
        internal int pid;
        internal uint uid;
        internal uint gid;
    }

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int bind(SafeFd sockfd, sockaddr_un* addr, uint addrlen);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int listen(SafeFd sockfd, int backlog);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int accept4(SafeFd sockfd, sockaddr_un* addr, uint* addrlen, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint recv(SafeFd sockfd, byte* buf, nuint len, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial nint send(SafeFd sockfd, byte* buf, nuint len, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int getsockopt(SafeFd sockfd, int level, int optname, void* optval, uint* optlen);
}
