using System.Buffers.Binary;
using System.Text;

namespace Keelson.Oci.Shims.Protocol;

/// <summary>Reads the fields of one body. Every length is checked against what is left before it is believed.</summary>
public ref struct FrameReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public byte Byte() => Take(1)[0];

    /// <exception cref="ShimProtocolException">Neither 0 nor 1.</exception>
    public bool Boolean()
    {
        byte value = Byte();
        return value <= 1 ? value == 1 : throw new ShimProtocolException("boolean is neither 0 nor 1");
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int Int32() => (int)UInt32();

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string? OptionalString()
    {
        uint length = UInt32();
        if (length == uint.MaxValue)
        {
            return null;
        }

        return length <= ShimProtocol.MaxStringBytes
            ? Encoding.UTF8.GetString(Take(length))
            : throw new ShimProtocolException("string longer than the limit");
    }

    public string String() => OptionalString() ?? throw new ShimProtocolException("string is missing");

    /// <summary>A view of the body, valid as long as the body's buffer.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(UInt32());

    /// <summary>Every frame is read to its last byte: what is left over means that the two sides disagree on its form.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new ShimProtocolException("frame has trailing bytes");
        }
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > (uint)_rest.Length)
        {
            throw new ShimProtocolException("frame ends in the middle of a field");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
