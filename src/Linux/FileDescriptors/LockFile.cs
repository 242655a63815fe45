using System.Globalization;
using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// A file whose lock says that its holder lives: flock(2) is given up by the kernel however the holder ends. The file
/// holds the holder's process id, for messages only, and stays when the lock is given up: unlinking it would let two
/// processes lock two files of one name.
/// </summary>
public sealed class LockFile : IDisposable
{
    private readonly SafeFd _file;

    private LockFile(SafeFd file) => _file = file;

    /// <summary>Takes the lock, creating the file (0600) if need be; never waits.</summary>
    /// <param name="path">Absolute; a symbolic link is refused.</param>
    /// <param name="holder">The process id that the holder left in the file; empty when it is ours or unreadable.</param>
    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="LinuxException">open or flock failed.</exception>
    public static LockFile? TryTake(string path, out string holder)
    {
        holder = string.Empty;
        int flags = LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC | LibC.O_NOFOLLOW;
        int fd = LibC.open(path, flags, 0x180 /* 0600 */);
        if (fd < 0)
        {
            throw LinuxException.FromLastError("open", path);
        }

        var file = new SafeFd(fd);
        if (LibC.flock(file, LibC.LOCK_EX | LibC.LOCK_NB) < 0)
        {
            LinuxException failure = LinuxException.FromLastError("flock", path);
            holder = ReadHolder(file);
            file.Dispose();

            // EWOULDBLOCK is EAGAIN on Linux.
            return failure.Errno == Errno.EAGAIN ? null : throw failure;
        }

        WriteHolder(file, path);
        return new LockFile(file);
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _file.Dispose();

    private static unsafe string ReadHolder(SafeFd file)
    {
        Span<byte> text = stackalloc byte[16];

        // SAFETY: the buffer is on this frame and its length is passed.
        fixed (byte* start = text)
        {
            nint read = LibC.read(file, start, (nuint)text.Length);
            return read <= 0 ? string.Empty : Encoding.ASCII.GetString(text[..(int)read]).Trim();
        }
    }

    private static unsafe void WriteHolder(SafeFd file, string path)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));

        // SAFETY: the array is pinned while the call reads it, and its length is passed.
        fixed (byte* start = text)
        {
            if (LibC.ftruncate(file, 0) < 0 || LibC.write(file, start, (nuint)text.Length) < 0)
            {
                throw LinuxException.FromLastError("write", path);
            }
        }
    }
}
