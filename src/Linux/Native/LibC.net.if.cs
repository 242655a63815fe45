using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>net/if.h</summary>
internal static partial class LibC
{
    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const ulong SIOCGIFFLAGS = 0x8913;
    internal const ulong SIOCSIFFLAGS = 0x8914;
    internal const short IFF_UP = 0x1;

    /// <summary>struct ifreq, with ifr_flags of its union</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal unsafe struct ifreq
    {
        [FieldOffset(0)]
        internal fixed byte ifr_name[16];

        [FieldOffset(16)]
        internal short ifr_flags;
    }
}
