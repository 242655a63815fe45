using System.Runtime.InteropServices;
using Keelson.Core;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>The file system a path lies on.</summary>
public static class MountedFileSystem
{
    /// <summary>syncfs(2): everything written to the file system of <paramref name="directory"/> is on disk afterwards.</summary>
    /// <exception cref="LinuxException">It cannot be opened, or a write failed.</exception>
    public static void Sync(HostPath directory)
    {
        using SafeFd fd = Open(directory);
        if (LibC.syncfs(fd) < 0)
        {
            throw LinuxException.FromLastError("syncfs", directory.Value);
        }
    }

    /// <summary>fsync(2) of a directory: names made or renamed in it are on disk afterwards.</summary>
    /// <exception cref="LinuxException">It cannot be opened, or a write failed.</exception>
    public static void SyncNames(HostPath directory)
    {
        using SafeFd fd = Open(directory);
        if (LibC.fsync(fd) < 0)
        {
            throw LinuxException.FromLastError("fsync", directory.Value);
        }
    }

    /// <summary>statfs(2)</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static unsafe FileSystemUsage UsageOf(HostPath directory)
    {
        using SafeFd fd = Open(directory);
        LibC.statfs_t raw;
        if (LibC.fstatfs(fd, &raw) < 0)
        {
            throw LinuxException.FromLastError("statfs", directory.Value);
        }

        return new FileSystemUsage(
            (long)raw.f_blocks * raw.f_bsize, (long)raw.f_bavail * raw.f_bsize, (long)raw.f_files, (long)raw.f_ffree);
    }

    private static SafeFd Open(HostPath directory)
    {
        int fd = LibC.open(directory.Value, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        return fd < 0 ? throw new LinuxException("open", directory.Value, (Errno)Marshal.GetLastPInvokeError()) : new SafeFd(fd);
    }
}
