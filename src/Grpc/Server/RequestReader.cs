using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Keelson.Grpc;

/// <summary>Reads the one message of a request.</summary>
internal static class RequestReader
{
    internal static async ValueTask<TRequest> ReadAsync<TRequest>(
        PipeReader body,
        MessageParser<TRequest> parser,
        IHeaderDictionary headers,
        int limit,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
    {
        while (true)
        {
            ReadResult result = await body.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (MessagePrefix.TryRead(buffer, out MessagePrefix prefix))
            {
                if (prefix.Length > limit)
                {
                    throw new RpcException(
                        StatusCode.ResourceExhausted, $"message of {prefix.Length} bytes is larger than the limit of {limit}");
                }

                long end = MessagePrefix.Size + prefix.Length;
                if (buffer.Length >= end)
                {
                    TRequest message = Parse(buffer.Slice(MessagePrefix.Size, prefix.Length), prefix.Compressed, parser, headers, limit);
                    body.AdvanceTo(buffer.GetPosition(end));
                    await ExpectEndAsync(body, cancellationToken);
                    return message;
                }
            }

            if (result.IsCompleted)
            {
                throw new RpcException(StatusCode.Internal, "request ends before its message does");
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The end of the stream may come in an empty frame of its own.</summary>
    private static async ValueTask ExpectEndAsync(PipeReader body, CancellationToken cancellationToken)
    {
        bool completed = false;
        while (!completed)
        {
            ReadResult result = await body.ReadAsync(cancellationToken);
            if (!result.Buffer.IsEmpty)
            {
                throw new RpcException(StatusCode.Internal, "request has more than one message");
            }

            completed = result.IsCompleted;
            body.AdvanceTo(result.Buffer.End);
        }
    }

    private static TRequest Parse<TRequest>(
        in ReadOnlySequence<byte> payload,
        bool compressed,
        MessageParser<TRequest> parser,
        IHeaderDictionary headers,
        int limit)
        where TRequest : class, IMessage<TRequest>
    {
        try
        {
            return compressed ? parser.ParseFrom(Decompress(payload, headers, limit)) : parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, "request is not a valid message of its type", e);
        }
    }

    private static byte[] Decompress(in ReadOnlySequence<byte> payload, IHeaderDictionary headers, int limit)
    {
        string encoding = headers.GrpcEncoding.ToString();
        return encoding switch
        {
            Gzip.Name => Gzip.Inflate(payload, limit),
            "" or "identity" => throw new RpcException(StatusCode.Internal, "message is compressed without grpc-encoding"),
            _ => throw new RpcException(StatusCode.Unimplemented, $"grpc-encoding '{encoding}' is not supported"),
        };
    }
}
