using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Zeroed anonymous memory that stays one and the same in a forked child: what the child writes, the parent reads.
/// Not safe for concurrent use.
/// </summary>
public sealed unsafe class SharedPages : IDisposable
{
    private byte* _start;

    /// <summary>Maps <paramref name="length"/> bytes.</summary>
    /// <exception cref="LinuxException">mmap failed.</exception>
    public SharedPages(int length)
    {
        void* memory = LibC.mmap(null, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_ANONYMOUS, -1, 0);
        _start = memory == (void*)-1 ? throw LinuxException.FromLastError("mmap", "launch plan") : (byte*)memory;
        Length = length;
    }

    /// <summary>Bytes mapped.</summary>
    public int Length { get; private set; }

    /// <summary>Where they are, page aligned; null after <see cref="Dispose"/>.</summary>
    public byte* Start => _start;

    /// <summary>The bytes; invalid after <see cref="Dispose"/>.</summary>
    // SAFETY: the mapping is Length bytes until Dispose, which sets Length to 0.
    public Span<byte> Span => new(_start, Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is not null)
        {
            LibC.munmap(_start, (nuint)Length);
            _start = null;
            Length = 0;
        }
    }
}
