using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// A growing byte queue in anonymous memory outside the garbage collected heap: untouched pages cost nothing, and
/// pages can be given back to the kernel while the buffer stays usable. Not safe for concurrent use.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private const int PageBytes = 4096;

    private byte* _start;
    private int _head;
    private int _tail;

    /// <summary>Reserves <paramref name="capacity"/> bytes, rounded up to whole pages.</summary>
    /// <exception cref="LinuxException">mmap failed.</exception>
    public NativeBuffer(int capacity)
    {
        Capacity = RoundUp(capacity);
        void* memory = LibC.mmap(null, (nuint)Capacity, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        _start = memory == (void*)-1 ? throw LinuxException.FromLastError("mmap", string.Empty) : (byte*)memory;
    }

    /// <summary>Bytes reserved.</summary>
    public int Capacity { get; private set; }

    /// <summary>Bytes queued.</summary>
    public int Length => _tail - _head;

    // SAFETY (both spans): _head <= _tail <= Capacity, and the mapping is Capacity bytes until Dispose.

    /// <summary>What is queued. Invalid after the next call that writes or grows.</summary>
    public Span<byte> Content => new(_start + _head, _tail - _head);

    /// <summary>The room behind the content; <see cref="Advance"/> makes part of it content.</summary>
    public Span<byte> Free => new(_start + _tail, Capacity - _tail);

    /// <summary>Makes room for at least <paramref name="count"/> bytes behind the content.</summary>
    /// <exception cref="LinuxException">mremap failed.</exception>
    public void Reserve(int count)
    {
        if (Capacity - _tail >= count)
        {
            return;
        }

        if (_head > 0)
        {
            Content.CopyTo(new Span<byte>(_start, _tail - _head));
            _tail -= _head;
            _head = 0;
        }

        int needed = checked(_tail + count);
        if (needed <= Capacity)
        {
            return;
        }

        int grown = RoundUp(Math.Max(needed, (int)Math.Min(2L * Capacity, int.MaxValue - PageBytes)));
        void* memory = LibC.mremap(_start, (nuint)Capacity, (nuint)grown, LibC.MREMAP_MAYMOVE);
        _start = memory == (void*)-1 ? throw LinuxException.FromLastError("mremap", string.Empty) : (byte*)memory;
        Capacity = grown;
    }

    /// <summary>Takes <paramref name="count"/> bytes of <see cref="Free"/> as content.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(Capacity - _tail));
        _tail += count;
    }

    /// <summary>Appends a copy.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        Reserve(data.Length);
        data.CopyTo(Free);
        _tail += data.Length;
    }

    /// <summary>Drops bytes from the front.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _head += count;
        if (_head == _tail)
        {
            _head = _tail = 0;
        }
    }

    /// <summary>Drops bytes from the back, and returns the pages that held nothing else.</summary>
    public void Shorten(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        int end = RoundUp(_tail);
        _tail -= count;
        int kept = RoundUp(_tail);
        if (end > kept)
        {
            // SAFETY: kept and end are whole pages, and end is no further than the mapping.
            LibC.madvise(_start + kept, (nuint)(end - kept), LibC.MADV_DONTNEED);
        }
    }

    /// <summary>Drops all content.</summary>
    public void Clear() => _head = _tail = 0;

    /// <summary>Drops all content and returns the pages; they come back zeroed when next touched.</summary>
    public void GiveBack()
    {
        Clear();
        LibC.madvise(_start, (nuint)Capacity, LibC.MADV_DONTNEED);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is not null)
        {
            LibC.munmap(_start, (nuint)Capacity);
            _start = null;
            Capacity = 0;
            Clear();
        }
    }

    private static int RoundUp(int bytes) => checked((Math.Max(bytes, 1) + PageBytes - 1) & ~(PageBytes - 1));
}
