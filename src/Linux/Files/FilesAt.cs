using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Makes, opens and removes single names inside an open directory. A name must be one component; none of these calls
/// follows a symbolic link that stands in the name's place. Failures are values: callers expect EEXIST and ENOENT.
/// The process's umask applies to modes here; <see cref="FileMetadata"/> sets exact ones.
/// </summary>
public static class FilesAt
{
    /// <summary>mkdirat(2)</summary>
    public static unsafe Errno TryMakeDirectory(SafeFd directory, ReadOnlySpan<byte> name, uint permissions)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return ErrnoOf(LibC.mkdirat(directory, text, permissions));
        }
    }

    /// <summary>mknodat(2): a device, a FIFO or a socket.</summary>
    public static unsafe Errno TryMakeNode(SafeFd directory, ReadOnlySpan<byte> name, FileKind kind, uint permissions, DeviceNumber device)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return ErrnoOf(LibC.mknodat(directory, text, (uint)kind | permissions, device.Encoded));
        }
    }

    /// <summary>symlinkat(2): <paramref name="target"/> is stored as it is.</summary>
    public static unsafe Errno TryMakeSymbolicLink(SafeFd directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        fixed (byte* content = CString.Terminate(target, stackalloc byte[CString.BytesFor(target)]))
        {
            return ErrnoOf(LibC.symlinkat(content, directory, text));
        }
    }

    /// <summary>linkat(2): gives an existing file a second name. A symbolic link is itself linked, not what it points to.</summary>
    public static unsafe Errno TryMakeHardLink(
        SafeFd directory, ReadOnlySpan<byte> name, SafeFd existingDirectory, ReadOnlySpan<byte> existingName)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        fixed (byte* existing = CString.Terminate(existingName, stackalloc byte[CString.BytesFor(existingName)]))
        {
            return ErrnoOf(LibC.linkat(existingDirectory, existing, directory, text, 0));
        }
    }

    /// <summary>Makes a new regular file and opens it for writing; any existing entry of that name is EEXIST.</summary>
    public static SafeFd? TryCreateFile(SafeFd directory, ReadOnlySpan<byte> name, uint permissions, out Errno error) =>
        Open(directory, name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL, permissions, out error);

    /// <summary>Opens a regular file for reading. A FIFO or device in its place is opened without waiting.</summary>
    public static SafeFd? TryOpenFile(SafeFd directory, ReadOnlySpan<byte> name, out Errno error) =>
        Open(directory, name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY, 0, out error);

    /// <summary>Opens a directory: ENOTDIR for anything else, a symbolic link to a directory included.</summary>
    public static SafeFd? TryOpenDirectory(SafeFd directory, ReadOnlySpan<byte> name, out Errno error) =>
        Open(directory, name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out error);

    /// <summary>A descriptor that names the entry, whatever it is, and gives no access to its content (O_PATH).</summary>
    public static SafeFd? TryLocate(SafeFd directory, ReadOnlySpan<byte> name, out Errno error) =>
        Open(directory, name, LibC.O_PATH, 0, out error);

    /// <summary>unlinkat(2): removes anything but a directory (EISDIR).</summary>
    public static unsafe Errno TryRemoveFile(SafeFd directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return ErrnoOf(LibC.unlinkat(directory, text, 0));
        }
    }

    /// <summary>unlinkat(2): removes an empty directory.</summary>
    public static unsafe Errno TryRemoveDirectory(SafeFd directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return ErrnoOf(LibC.unlinkat(directory, text, LibC.AT_REMOVEDIR));
        }
    }

    /// <summary>renameat2(2).</summary>
    /// <param name="directory">Where the entry is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="newDirectory">Where it goes, on the same file system.</param>
    /// <param name="newName">Its name there.</param>
    /// <param name="replace">Whether an existing entry gives way; else EEXIST.</param>
    public static unsafe Errno TryRename(
        SafeFd directory, ReadOnlySpan<byte> name, SafeFd newDirectory, ReadOnlySpan<byte> newName, bool replace)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        fixed (byte* target = CString.Terminate(newName, stackalloc byte[CString.BytesFor(newName)]))
        {
            return ErrnoOf(LibC.renameat2(directory, text, newDirectory, target, replace ? 0 : LibC.RENAME_NOREPLACE));
        }
    }

    /// <summary>readlinkat(2) into <paramref name="target"/>; the number of bytes, or -1.</summary>
    public static unsafe int TryReadSymbolicLink(SafeFd directory, ReadOnlySpan<byte> name, Span<byte> target, out Errno error)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        fixed (byte* buffer = target)
        {
            int length = (int)LibC.readlinkat(directory, text, buffer, (nuint)target.Length);
            error = length < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            return length;
        }
    }

    /// <summary>statx(2) of the entry itself.</summary>
    public static unsafe Errno TryGetStatus(SafeFd directory, ReadOnlySpan<byte> name, out FileStatus status)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            return FileMetadata.Status(directory, text, LibC.AT_SYMLINK_NOFOLLOW, out status);
        }
    }

    internal static Errno ErrnoOf(int result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    private static unsafe SafeFd? Open(SafeFd directory, ReadOnlySpan<byte> name, int flags, uint permissions, out Errno error)
    {
        fixed (byte* text = CString.Terminate(name, stackalloc byte[CString.BytesFor(name)]))
        {
            int fd;
            do
            {
                fd = LibC.openat(directory, text, flags | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, permissions);
                error = ErrnoOf(fd);
            }
            while (error == Errno.EINTR);

            return fd < 0 ? null : new SafeFd(fd);
        }
    }
}
