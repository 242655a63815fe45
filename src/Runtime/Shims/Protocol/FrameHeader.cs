using System.Buffers.Binary;

namespace Keelson.Oci.Shims.Protocol;

/// <summary>The fixed part of a frame.</summary>
public readonly struct FrameHeader(int bodyBytes, uint requestId, FrameKind kind)
{
    /// <summary>Its size on the wire.</summary>
    public const int Size = 12;

    public int BodyBytes { get; } = bodyBytes;

    /// <summary>Ties a reply to its request; 0 for what is neither.</summary>
    public uint RequestId { get; } = requestId;

    public FrameKind Kind { get; } = kind;

    /// <summary>Reads a header and refuses a body longer than <paramref name="maxBodyBytes"/> before any of it is read (CVE-2021-43784).</summary>
    /// <exception cref="ShimProtocolException">Too long, or the reserved field is not zero.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source, int maxBodyBytes)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (length > (uint)maxBodyBytes)
        {
            throw new ShimProtocolException("frame longer than the limit");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(source[10..]) != 0)
        {
            throw new ShimProtocolException("reserved field of a frame is not zero");
        }

        return new FrameHeader(
            (int)length,
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            (FrameKind)BinaryPrimitives.ReadUInt16LittleEndian(source[8..]));
    }

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)BodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], RequestId);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], 0);
    }
}
