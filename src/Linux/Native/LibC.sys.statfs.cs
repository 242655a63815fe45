using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/statfs.h</summary>
internal static partial class LibC
{
    /// <summary>struct statfs of 64-bit Linux</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct statfs_t
    {
        [FieldOffset(0)]
        internal long f_type;
        [FieldOffset(8)]
        internal long f_bsize;
        [FieldOffset(16)]
        internal ulong f_blocks;
        [FieldOffset(24)]
        internal ulong f_bfree;
        [FieldOffset(32)]
        internal ulong f_bavail;
        [FieldOffset(40)]
        internal ulong f_files;
        [FieldOffset(48)]
        internal ulong f_ffree;
    }

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int fstatfs(SafeFd fd, statfs_t* buf);
}
