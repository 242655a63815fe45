using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Files of our own, opened without following a symbolic link in the last name (CVE-2026-53489) and never inherited
/// by a child. Failures are values where the caller goes on without the file.
/// </summary>
public static class PlainFile
{
    /// <summary>Opens <paramref name="path"/> for appending, creating it; anything but a regular file is refused.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Permission bits of a new file, reduced by the umask.</param>
    /// <param name="error">Why there is none; ELOOP for a symbolic link, EINVAL for something that is no regular file.</param>
    public static SafeFd? TryOpenAppend(string path, uint mode, out Errno error)
    {
        // O_NONBLOCK: a FIFO in the file's place must not stop the caller; it means nothing for a regular file.
        int flags = LibC.O_WRONLY | LibC.O_APPEND | LibC.O_CREAT | LibC.O_NONBLOCK | LibC.O_NOCTTY;
        SafeFd? file = Open(path, flags, mode, out error);
        if (file is not null && !IsRegular(file))
        {
            file.Dispose();
            error = Errno.EINVAL;
            return null;
        }

        return file;
    }

    /// <summary>Creates a file that must not be there yet, for appending.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Permission bits, reduced by the umask.</param>
    /// <param name="error">EEXIST where there is something of that name.</param>
    public static SafeFd? TryCreate(string path, uint mode, out Errno error) =>
        Open(path, LibC.O_WRONLY | LibC.O_APPEND | LibC.O_CREAT | LibC.O_EXCL, mode, out error);

    /// <summary>Opens an existing file of ours for appending.</summary>
    public static SafeFd? TryOpenToAppend(string path, out Errno error) => Open(path, LibC.O_WRONLY | LibC.O_APPEND, 0, out error);

    /// <summary>Opens <paramref name="path"/> for reading.</summary>
    public static SafeFd? TryOpenRead(string path, out Errno error) => Open(path, LibC.O_RDONLY | LibC.O_NOCTTY, 0, out error);

    /// <summary>Opens a directory for reading its entries.</summary>
    public static SafeFd? TryOpenDirectory(string path, out Errno error) => Open(path, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out error);

    /// <summary>Opens a device such as /dev/null or /dev/ptmx for reading and writing.</summary>
    /// <exception cref="LinuxException">open failed.</exception>
    public static SafeFd OpenDevice(string path) =>
        Open(path, LibC.O_RDWR | LibC.O_NOCTTY, 0, out Errno error) ?? throw new LinuxException("open", path, error);

    /// <summary>Opens an existing control file (procfs, cgroup) for writing.</summary>
    public static SafeFd? TryOpenWrite(string path, out Errno error) => Open(path, LibC.O_WRONLY | LibC.O_NOCTTY, 0, out error);

    /// <summary>Reads up to the size of <paramref name="buffer"/>; -1 and the <paramref name="error"/> when it cannot be read.</summary>
    public static int TryReadAll(string path, Span<byte> buffer, out Errno error)
    {
        using SafeFd? file = TryOpenRead(path, out error);
        if (file is null)
        {
            return -1;
        }

        int length = 0;
        while (length < buffer.Length)
        {
            int count = FdIO.Read(file, buffer[length..], out error);
            if (count < 0)
            {
                return -1;
            }

            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return length;
    }

    /// <summary>The size in bytes, or -1.</summary>
    public static unsafe long SizeOf(SafeFd file)
    {
        LibC.statx_t status;
        return LibC.statx(file, string.Empty, LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) < 0 ? -1 : (long)status.stx_size;
    }

    /// <summary>Cuts the file to <paramref name="length"/> bytes.</summary>
    public static Errno TryTruncate(SafeFd file, long length) =>
        LibC.ftruncate(file, length) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    /// <summary>Removes a name; absent is success.</summary>
    public static Errno TryRemove(string path)
    {
        if (LibC.unlink(path) == 0)
        {
            return Errno.None;
        }

        var error = (Errno)Marshal.GetLastPInvokeError();
        return error == Errno.ENOENT ? Errno.None : error;
    }

    /// <summary>Makes a directory; EEXIST where there is something of that name.</summary>
    public static Errno TryMakeDirectory(string path, uint mode) =>
        LibC.mkdir(path, mode) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    /// <summary>Removes an empty directory.</summary>
    public static Errno TryRemoveDirectory(string path) =>
        LibC.rmdir(path) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    private static SafeFd? Open(string path, int flags, uint mode, out Errno error)
    {
        int fd;
        do
        {
            fd = LibC.open(path, flags | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, mode);
            error = fd < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        }
        while (error == Errno.EINTR);

        return fd < 0 ? null : new SafeFd(fd);
    }

    private static unsafe bool IsRegular(SafeFd file)
    {
        LibC.statx_t status;
        return LibC.statx(file, string.Empty, LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) == 0
            && (status.stx_mode & LibC.S_IFMT) == LibC.S_IFREG;
    }
}
