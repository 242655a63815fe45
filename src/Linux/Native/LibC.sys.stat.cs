using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/stat.h</summary>
internal static partial class LibC
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const ushort S_IFMT = 0xf000;
    internal const ushort S_IFREG = 0x8000;

    /// <summary>struct statx: the same on every architecture, unlike struct stat.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(0)]
        internal uint stx_mask;
        [FieldOffset(28)]
        internal ushort stx_mode;
        [FieldOffset(40)]
        internal ulong stx_size;
    }

    [LibraryImport(Libraries.LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int statx(SafeFd dirfd, string pathname, int flags, uint mask, statx_t* statxbuf);

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string pathname, uint mode);

    [LibraryImport(Libraries.LibC)]
    internal static partial uint umask(uint mask);
}
