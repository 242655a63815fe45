using System.Buffers;
using System.Buffers.Binary;

namespace Keelson.Grpc;

/// <summary>The five bytes before every message: a compression flag and the length, big-endian.</summary>
/// <param name="Compressed">Whether the message is in the call's <c>grpc-encoding</c>.</param>
/// <param name="Length">Bytes on the wire, without the prefix.</param>
internal readonly record struct MessagePrefix(bool Compressed, uint Length)
{
    internal const int Size = 5;

    internal static bool TryRead(in ReadOnlySequence<byte> buffer, out MessagePrefix prefix)
    {
        if (buffer.Length < Size)
        {
            prefix = default;
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        prefix = Read(bytes);
        return true;
    }

    /// <exception cref="RpcException">Internal: the flag is neither 0 nor 1, so this is no gRPC stream.</exception>
    internal static MessagePrefix Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] > 1)
        {
            throw new RpcException(StatusCode.Internal, $"message prefix has the unknown compression flag {bytes[0]}");
        }

        return new MessagePrefix(bytes[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
    }

    internal static void WriteUncompressed(Span<byte> target, int length)
    {
        target[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
    }
}
