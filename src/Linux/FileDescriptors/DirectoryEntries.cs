using System.Buffers.Binary;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// The names in a directory, straight from getdents64(2): nothing is allocated per name, which matters where /proc or
/// a cgroup tree is walked in a small process.
/// </summary>
public ref struct DirectoryEntries
{
    private const int NameOffset = 19;
    private const int TypeOffset = 18;
    private const int LengthOffset = 16;
    private const byte DT_DIR = 4;

    private readonly SafeFd _directory;
    private readonly Span<byte> _buffer;
    private int _filled;
    private int _next;

    /// <summary>Starts a walk; <paramref name="directory"/> is borrowed, <paramref name="buffer"/> holds a batch of entries.</summary>
    public DirectoryEntries(SafeFd directory, Span<byte> buffer)
    {
        _directory = directory;
        _buffer = buffer;
    }

    /// <summary>Name of the current entry.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the current entry is a directory.</summary>
    public bool IsDirectory { get; private set; }

    /// <summary>Goes to the next entry; false at the end, and where the directory has vanished.</summary>
    public unsafe bool MoveNext()
    {
        if (_next >= _filled)
        {
            // SAFETY: the span is pinned for the call, and its length bounds what the kernel writes.
            fixed (byte* start = _buffer)
            {
                _filled = (int)LibC.getdents64(_directory, start, (nuint)_buffer.Length);
            }

            _next = 0;
            if (_filled <= 0)
            {
                return false;
            }
        }

        ReadOnlySpan<byte> entry = _buffer[_next.._filled];
        entry = entry[..BinaryPrimitives.ReadUInt16LittleEndian(entry[LengthOffset..])];
        _next += entry.Length;
        IsDirectory = entry[TypeOffset] == DT_DIR;
        entry = entry[NameOffset..];
        Name = entry[..entry.IndexOf((byte)0)];
        return true;
    }
}
