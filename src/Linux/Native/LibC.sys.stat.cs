using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/stat.h</summary>
internal static partial class LibC
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_REMOVEDIR = 0x200;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const ushort S_IFMT = 0xf000;
    internal const ushort S_IFREG = 0x8000;
    internal const ushort S_IFDIR = 0x4000;
    internal const ushort S_IFLNK = 0xa000;
    internal const ushort S_IFCHR = 0x2000;
    internal const ushort S_IFBLK = 0x6000;
    internal const ushort S_IFIFO = 0x1000;
    internal const ushort S_IFSOCK = 0xc000;
    internal const long UTIME_OMIT = 0x3ffffffe;

    /// <summary>struct statx: the same on every architecture, unlike struct stat.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(0)]
        internal uint stx_mask;
        [FieldOffset(16)]
        internal uint stx_nlink;
        [FieldOffset(20)]
        internal uint stx_uid;
        [FieldOffset(24)]
        internal uint stx_gid;
        [FieldOffset(28)]
        internal ushort stx_mode;
        [FieldOffset(32)]
        internal ulong stx_ino;
        [FieldOffset(40)]
        internal ulong stx_size;
        [FieldOffset(48)]
        internal ulong stx_blocks;
        [FieldOffset(112)]
        internal long stx_mtime_sec;
        [FieldOffset(120)]
        internal uint stx_mtime_nsec;
        [FieldOffset(128)]
        internal uint stx_rdev_major;
        [FieldOffset(132)]
        internal uint stx_rdev_minor;
        [FieldOffset(136)]
        internal uint stx_dev_major;
        [FieldOffset(140)]
        internal uint stx_dev_minor;
    }

    [LibraryImport(Libraries.LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int statx(SafeFd dirfd, string pathname, int flags, uint mask, statx_t* statxbuf);

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string pathname, uint mode);

    [LibraryImport(Libraries.LibC)]
    internal static partial uint umask(uint mask);

    [LibraryImport(Libraries.LibC, EntryPoint = "statx", SetLastError = true)]
    internal static unsafe partial int statx(SafeFd dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);

    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkdir(string pathname, uint mode);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int mkdirat(SafeFd dirfd, byte* pathname, uint mode);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int mknodat(SafeFd dirfd, byte* pathname, uint mode, ulong dev);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int fchmod(SafeFd fd, uint mode);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int fchmodat(SafeFd dirfd, byte* pathname, uint mode, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int utimensat(SafeFd dirfd, byte* pathname, timespec* times, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int futimens(SafeFd fd, timespec* times);
}
