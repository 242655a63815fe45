using System.Runtime.InteropServices;
using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Owner, mode, times and extended attributes: of an open file, or of the entry itself that a name in an open directory
/// stands for. None follows a symbolic link.
/// </summary>
public static class FileMetadata
{
    /// <summary>statx(2) of an open file.</summary>
    public static unsafe Errno TryGetStatus(SafeFd file, out FileStatus status)
    {
        byte empty = 0;
        return Status(file, &empty, LibC.AT_EMPTY_PATH, out status);
    }

    /// <summary>fchown(2). Clears set-uid, set-gid and file capabilities, so it comes before those are set.</summary>
    public static Errno TrySetOwner(SafeFd file, uint uid, uint gid) => FilesAt.ErrnoOf(LibC.fchown(file, uid, gid));

    /// <summary>fchownat(2) of the entry itself.</summary>
    public static unsafe Errno TrySetOwner(SafeFd directory, ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return FilesAt.ErrnoOf(LibC.fchownat(directory, text, uid, gid, LibC.AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>fchmod(2), all of 07777; the umask plays no part.</summary>
    public static Errno TrySetPermissions(SafeFd file, uint permissions) => FilesAt.ErrnoOf(LibC.fchmod(file, permissions));

    /// <summary>fchmodat(3) of the entry itself; a symbolic link has no mode (EOPNOTSUPP).</summary>
    public static unsafe Errno TrySetPermissions(SafeFd directory, ReadOnlySpan<byte> name, uint permissions)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return FilesAt.ErrnoOf(LibC.fchmodat(directory, text, permissions, LibC.AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>futimens(3): access and modification time.</summary>
    public static unsafe Errno TrySetTimes(SafeFd file, FileTime time)
    {
        LibC.timespec* times = stackalloc LibC.timespec[2];
        Fill(times, time);
        return FilesAt.ErrnoOf(LibC.futimens(file, times));
    }

    /// <summary>utimensat(2) of the entry itself.</summary>
    public static unsafe Errno TrySetTimes(SafeFd directory, ReadOnlySpan<byte> name, FileTime time)
    {
        LibC.timespec* times = stackalloc LibC.timespec[2];
        Fill(times, time);
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return FilesAt.ErrnoOf(LibC.utimensat(directory, text, times, LibC.AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>fsetxattr(2) of an open regular file or directory.</summary>
    public static unsafe Errno TrySetExtended(SafeFd file, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* key = CString.Terminate(attribute, stackalloc byte[CString.BytesFor(attribute)]))
        fixed (byte* content = value)
        {
            return FilesAt.ErrnoOf(LibC.fsetxattr(file, key, content, (nuint)value.Length, 0));
        }
    }

    /// <summary>
    /// Sets an extended attribute of whatever <paramref name="located"/> (from <see cref="FilesAt.TryLocate"/>) names,
    /// a symbolic link or a device included. Goes through /proc/self/fd, as fsetxattr refuses such a descriptor.
    /// </summary>
    public static unsafe Errno TrySetExtendedOfLocated(SafeFd located, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* text = ProcPath(located))
        fixed (byte* key = CString.Terminate(attribute, stackalloc byte[CString.BytesFor(attribute)]))
        fixed (byte* content = value)
        {
            return FilesAt.ErrnoOf(LibC.setxattr(text, key, content, (nuint)value.Length, 0));
        }
    }

    /// <summary>As <see cref="TryGetExtended"/>, of what <paramref name="located"/> names.</summary>
    public static unsafe int TryGetExtendedOfLocated(SafeFd located, ReadOnlySpan<byte> attribute, Span<byte> value, out Errno error)
    {
        fixed (byte* text = ProcPath(located))
        fixed (byte* key = CString.Terminate(attribute, stackalloc byte[CString.BytesFor(attribute)]))
        fixed (byte* content = value)
        {
            int length = (int)LibC.getxattr(text, key, content, (nuint)value.Length);
            error = FilesAt.ErrnoOf(length);
            return length;
        }
    }

    /// <summary>
    /// listxattr(2) of what <paramref name="located"/> names: each name ended by a NUL, the number of bytes, or -1. 64 KiB
    /// hold any list.
    /// </summary>
    public static unsafe int TryListExtendedOfLocated(SafeFd located, Span<byte> names, out Errno error)
    {
        fixed (byte* text = ProcPath(located))
        fixed (byte* list = names)
        {
            int length = (int)LibC.listxattr(text, list, (nuint)names.Length);
            error = FilesAt.ErrnoOf(length);
            return length;
        }
    }

    /// <summary>fgetxattr(2) into <paramref name="value"/>: the number of bytes, or -1; ENODATA where there is none.</summary>
    public static unsafe int TryGetExtended(SafeFd file, ReadOnlySpan<byte> attribute, Span<byte> value, out Errno error)
    {
        fixed (byte* key = CString.Terminate(attribute, stackalloc byte[CString.BytesFor(attribute)]))
        fixed (byte* content = value)
        {
            int length = (int)LibC.fgetxattr(file, key, content, (nuint)value.Length);
            error = length < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            return length;
        }
    }

    /// <summary>Clears the immutable and append-only flags (chattr(1)), which keep even root from removing a file.</summary>
    public static unsafe Errno TryClearRemovalGuards(SafeFd file)
    {
        int flags = 0;
        if (LibC.ioctl(file, LibC.FS_IOC_GETFLAGS, (nint)(&flags)) < 0)
        {
            return (Errno)Marshal.GetLastPInvokeError();
        }

        int cleared = flags & ~(LibC.FS_IMMUTABLE_FL | LibC.FS_APPEND_FL);
        return cleared == flags ? Errno.None : FilesAt.ErrnoOf(LibC.ioctl(file, LibC.FS_IOC_SETFLAGS, (nint)(&cleared)));
    }

    internal static unsafe Errno Status(SafeFd directory, byte* name, int flags, out FileStatus status)
    {
        LibC.statx_t raw;
        if (LibC.statx(directory, name, flags, LibC.STATX_BASIC_STATS, &raw) < 0)
        {
            status = default;
            return (Errno)Marshal.GetLastPInvokeError();
        }

        status = new FileStatus
        {
            Kind = (FileKind)(raw.stx_mode & LibC.S_IFMT),
            Permissions = (uint)raw.stx_mode & 0xfff,
            Uid = raw.stx_uid,
            Gid = raw.stx_gid,
            Links = raw.stx_nlink,
            Inode = raw.stx_ino,
            FileSystem = new DeviceNumber(raw.stx_dev_major, raw.stx_dev_minor),
            Device = new DeviceNumber(raw.stx_rdev_major, raw.stx_rdev_minor),
            SizeBytes = (long)raw.stx_size,
            AllocatedBytes = (long)raw.stx_blocks * 512,
            Modified = new FileTime(raw.stx_mtime_sec, raw.stx_mtime_nsec),
        };
        return Errno.None;
    }

    private static byte[] ProcPath(SafeFd located) => Encoding.ASCII.GetBytes($"/proc/self/fd/{located.Number}\0");

    private static unsafe void Fill(LibC.timespec* times, FileTime time)
    {
        times[0] = new LibC.timespec { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };
        times[1] = times[0];
    }
}
