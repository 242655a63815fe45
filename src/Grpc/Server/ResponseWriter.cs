using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Keelson.Grpc;

/// <summary>Writes the answer's messages and its status.</summary>
internal sealed class ResponseWriter
{
    internal const string ContentType = "application/grpc";

    private const string StatusHeader = "grpc-status";

    /// <summary>
    /// Larger messages are serialised once into a pooled array and handed on in pieces of this size: given a writer
    /// that grows by blocks, the transport's own pool would throw most of them away afterwards.
    /// </summary>
    private const int SliceSize = 32 * 1024;

    private static readonly StringValues Succeeded = "0";

    private readonly IFeatureCollection _features;
    private readonly IHttpResponseFeature _response;
    private readonly int _limit;
    private bool _hasBytes;

    internal ResponseWriter(IFeatureCollection features, int limit)
    {
        _features = features;
        _limit = limit;
        _response = features.GetRequiredFeature<IHttpResponseFeature>();
        _response.Headers.ContentType = ContentType;
    }

    private PipeWriter Body => _features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;

    internal async ValueTask FlushHeadersAsync(CancellationToken cancellationToken) =>
        await Body.FlushAsync(cancellationToken);

    internal async ValueTask WriteAsync(IMessage message, bool flush, CancellationToken cancellationToken)
    {
        int size = message.CalculateSize();
        if (size > _limit)
        {
            throw new RpcException(StatusCode.ResourceExhausted, $"answer of {size} bytes is larger than the limit of {_limit}");
        }

        _hasBytes = true;
        PipeWriter body = Body;
        MessagePrefix.WriteUncompressed(body.GetSpan(MessagePrefix.Size), size);
        body.Advance(MessagePrefix.Size);
        if (size <= SliceSize)
        {
            message.WriteTo(body);
        }
        else
        {
            await WriteSlicesAsync(body, message, size, cancellationToken);
        }

        if (flush)
        {
            await body.FlushAsync(cancellationToken);
        }
    }

    internal void Succeed() => Trailers[StatusHeader] = Succeeded;

    /// <summary>Ends the call with a status; before the first message as the headers of an answer without body.</summary>
    internal void Fail(StatusCode status, string detail)
    {
        if (_hasBytes && !_response.HasStarted)
        {
            // Part of a message is in the buffer and can't be taken back.
            _features.GetRequiredFeature<IHttpResetFeature>().Reset(errorCode: 2 /* INTERNAL_ERROR */);
            return;
        }

        IHeaderDictionary target = _response.HasStarted ? Trailers : _response.Headers;
        target[StatusHeader] = ((int)status).ToString(CultureInfo.InvariantCulture);
        target[StatusMessage.Header] = StatusMessage.Encode(detail);
        if (status == StatusCode.Unimplemented && !_response.HasStarted)
        {
            target.GrpcAcceptEncoding = Gzip.Accepted;
        }
    }

    private IHeaderDictionary Trailers => _features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;

    private static async ValueTask WriteSlicesAsync(PipeWriter body, IMessage message, int size, CancellationToken cancellationToken)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            message.WriteTo(bytes.AsSpan(0, size));
            for (int offset = 0; offset < size; offset += SliceSize)
            {
                // WriteAsync flushes: a slow reader is waited for here instead of buffering the whole message twice.
                await body.WriteAsync(bytes.AsMemory(offset, Math.Min(SliceSize, size - offset)), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
