using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>read(2) and write(2) on a borrowed descriptor. Failures are values: most callers expect EAGAIN or ENOSPC.</summary>
public static class FdIO
{
    /// <summary>Reads once. 0 is end of file; -1 a failure, told in <paramref name="error"/>. EINTR is retried.</summary>
    public static unsafe int Read(SafeFd fd, Span<byte> buffer, out Errno error)
    {
        // SAFETY: the span is pinned for the call, and its length bounds what the kernel writes.
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = LibC.read(fd, start, (nuint)buffer.Length);
                error = count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            }
            while (error == Errno.EINTR);

            return (int)count;
        }
    }

    /// <summary>Writes once and gives the number of bytes taken, or -1 and the <paramref name="error"/>. EINTR is retried.</summary>
    public static unsafe int Write(SafeFd fd, ReadOnlySpan<byte> data, out Errno error)
    {
        // SAFETY: the span is pinned for the call, and its length bounds what the kernel reads.
        fixed (byte* start = data)
        {
            nint count;
            do
            {
                count = LibC.write(fd, start, (nuint)data.Length);
                error = count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            }
            while (error == Errno.EINTR);

            return (int)count;
        }
    }

    /// <summary>Writes all of <paramref name="data"/> to a blocking descriptor; stops at the first failure.</summary>
    public static Errno WriteAll(SafeFd fd, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Write(fd, data, out Errno error);
            if (count < 0)
            {
                return error;
            }

            data = data[count..];
        }

        return Errno.None;
    }

    /// <summary>Copies the rest of an open regular file to another inside the kernel (sendfile(2)); stops at the first failure.</summary>
    public static unsafe Errno CopyAll(SafeFd from, SafeFd to)
    {
        // As much as one call takes on any kernel, so that a large file is few calls.
        const uint AtOnce = 0x7ffff000;
        while (true)
        {
            nint count = LibC.sendfile(to, from, null, AtOnce);
            Errno error = count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            if (count == 0 || error is not (Errno.None or Errno.EINTR))
            {
                return error;
            }
        }
    }

    /// <summary>Makes reads and writes return EAGAIN instead of waiting.</summary>
    /// <exception cref="LinuxException">fcntl failed.</exception>
    public static void SetNonBlocking(SafeFd fd)
    {
        int flags = LibC.fcntl(fd, LibC.F_GETFL, 0);
        if (flags < 0 || LibC.fcntl(fd, LibC.F_SETFL, flags | LibC.O_NONBLOCK) < 0)
        {
            throw LinuxException.FromLastError("fcntl F_SETFL", string.Empty);
        }
    }
}
