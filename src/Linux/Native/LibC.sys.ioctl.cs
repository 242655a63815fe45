using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/ioctl.h and asm-generic/ioctls.h</summary>
internal static partial class LibC
{
    internal const ulong TIOCSWINSZ = 0x5414;
    internal const ulong TIOCSPTLCK = 0x40045431;
    internal const ulong TIOCGPTPEER = 0x5441;

    /// <summary>struct winsize</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct winsize
    {
        internal ushort ws_row;
        internal ushort ws_col;
        internal ushort ws_xpixel;
        internal ushort ws_ypixel;
    }

    // Variadic in C: the pointer or integer argument is passed like a named one on every Linux ABI .NET runs on.
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int ioctl(SafeFd fd, ulong request, nint arg);
}
