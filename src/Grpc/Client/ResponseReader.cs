using System.Buffers;
using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>Reads an answer's messages.</summary>
internal static class ResponseReader
{
    /// <returns>The next message, or null at the end.</returns>
    internal static async Task<TResponse?> ReadAsync<TResponse>(
        Stream body, MessageParser<TResponse> parser, int limit, CancellationToken cancellationToken)
        where TResponse : class, IMessage<TResponse>
    {
        byte[] prefixBytes = new byte[MessagePrefix.Size];
        int read = await body.ReadAtLeastAsync(prefixBytes, prefixBytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        if (read < prefixBytes.Length)
        {
            throw new EndOfStreamException("the answer ends within a message");
        }

        MessagePrefix prefix = MessagePrefix.Read(prefixBytes);
        if (prefix.Compressed)
        {
            throw new RpcException(StatusCode.Internal, "the answer is compressed although nothing was offered");
        }

        if (prefix.Length > limit)
        {
            throw new RpcException(
                StatusCode.ResourceExhausted, $"answer of {prefix.Length} bytes is larger than the limit of {limit}");
        }

        int length = (int)prefix.Length;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await body.ReadExactlyAsync(bytes.AsMemory(0, length), cancellationToken);
            return parser.ParseFrom(bytes, 0, length);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, "the answer is not a valid message of its type", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
