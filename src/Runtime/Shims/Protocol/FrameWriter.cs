using System.Buffers.Binary;
using System.Text;

namespace Keelson.Oci.Shims.Protocol;

/// <summary>Builds one frame at a time in a buffer that is kept for the next.</summary>
public sealed class FrameWriter
{
    /// <summary>Buffers above this are not kept once used.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _buffer = new byte[1024];
    private int _length;
    private uint _requestId;
    private FrameKind _kind;

    /// <summary>Starts a frame and drops what was built before.</summary>
    public FrameWriter Begin(FrameKind kind, uint requestId)
    {
        if (_buffer.Length > KeptBytes)
        {
            _buffer = new byte[1024];
        }

        _kind = kind;
        _requestId = requestId;
        _length = FrameHeader.Size;
        return this;
    }

    /// <summary>Ends the frame. Valid until the next <see cref="Begin"/>.</summary>
    /// <param name="trailingBytes">Bytes of the body that the caller sends itself, right behind these.</param>
    public ReadOnlyMemory<byte> End(int trailingBytes = 0)
    {
        new FrameHeader(checked(_length - FrameHeader.Size + trailingBytes), _requestId, _kind).Write(_buffer);
        return _buffer.AsMemory(0, _length);
    }

    public FrameWriter Byte(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    public FrameWriter Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public FrameWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
        return this;
    }

    public FrameWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
        return this;
    }

    public FrameWriter Int32(int value) => UInt32((uint)value);

    public FrameWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
        return this;
    }

    public FrameWriter String(string? value)
    {
        if (value is null)
        {
            return UInt32(uint.MaxValue);
        }

        int length = Encoding.UTF8.GetByteCount(value);
        if (length > ShimProtocol.MaxStringBytes)
        {
            throw new ShimProtocolException("string longer than the limit");
        }

        UInt32((uint)length);
        Encoding.UTF8.GetBytes(value, Take(length));
        return this;
    }

    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>Bytes without their length, where it has been written already.</summary>
    public FrameWriter Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    private Span<byte> Take(int count)
    {
        int end = checked(_length + count);
        if (end > _buffer.Length)
        {
            var grown = new byte[Math.Max(end, _buffer.Length * 2)];
            _buffer.AsSpan(0, _length).CopyTo(grown);
            _buffer = grown;
        }

        Span<byte> taken = _buffer.AsSpan(_length, count);
        _length = end;
        return taken;
    }
}
