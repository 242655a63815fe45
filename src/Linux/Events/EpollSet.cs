using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>epoll(7), level triggered. Descriptors are borrowed; remove one before closing it.</summary>
public sealed class EpollSet : IDisposable
{
    /// <summary>There is something to read, or the other end closed.</summary>
    public const uint Readable = 0x001;

    /// <summary>There is room to write.</summary>
    public const uint Writable = 0x004;

    /// <summary>An error, or for a pipe's write end: nobody reads.</summary>
    public const uint Error = 0x008;

    /// <summary>The other end is gone altogether.</summary>
    public const uint HungUp = 0x010;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly SafeFd _epoll;
    private readonly byte[] _events;

    /// <summary>Makes an empty set.</summary>
    /// <param name="capacity">Largest number of events taken in one wait.</param>
    /// <exception cref="LinuxException">epoll_create1 failed.</exception>
    public EpollSet(int capacity)
    {
        int fd = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        _epoll = fd < 0 ? throw LinuxException.FromLastError("epoll_create1", string.Empty) : new SafeFd(fd);
        _events = GC.AllocateUninitializedArray<byte>(capacity * Stride, pinned: true);
    }

    /// <summary>Watches <paramref name="fd"/>; its events carry <paramref name="token"/>.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public void Add(SafeFd fd, uint events, ulong token) => Control(LibC.EPOLL_CTL_ADD, fd, events, token);

    /// <summary>Changes what is watched for; zero keeps the descriptor in the set for errors only.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public void Modify(SafeFd fd, uint events, ulong token) => Control(LibC.EPOLL_CTL_MOD, fd, events, token);

    /// <summary>Stops watching.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public void Remove(SafeFd fd) => Control(LibC.EPOLL_CTL_DEL, fd, 0, 0);

    /// <summary>Waits for events and gives their number; zero after <paramref name="timeoutMilliseconds"/> (-1: no limit) or a signal.</summary>
    /// <exception cref="LinuxException">epoll_wait failed.</exception>
    public unsafe int Wait(int timeoutMilliseconds)
    {
        // SAFETY: the array is allocated pinned and is as long as capacity says.
        int count = LibC.epoll_wait(
            _epoll,
            (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_events, 0),
            _events.Length / Stride,
            timeoutMilliseconds);
        if (count >= 0)
        {
            return count;
        }

        return Marshal.GetLastPInvokeError() == (int)Errno.EINTR ? 0 : throw LinuxException.FromLastError("epoll_wait", string.Empty);
    }

    /// <summary>Reads event <paramref name="index"/> of the last wait.</summary>
    public void GetEvent(int index, out uint events, out ulong token)
    {
        ReadOnlySpan<byte> raw = _events.AsSpan(index * Stride, Stride);
        events = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        token = BinaryPrimitives.ReadUInt64LittleEndian(raw[TokenOffset..]);
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private unsafe void Control(int operation, SafeFd fd, uint events, ulong token)
    {
        byte* raw = stackalloc byte[16];
        var bytes = new Span<byte>(raw, 16);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, events);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[TokenOffset..], token);
        if (LibC.epoll_ctl(_epoll, operation, fd, raw) < 0)
        {
            throw LinuxException.FromLastError("epoll_ctl", string.Empty);
        }
    }
}
