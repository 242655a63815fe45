using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>A request's body: one message behind its prefix.</summary>
internal sealed class MessageContent : HttpContent
{
    private readonly IMessage _message;

    internal MessageContent(IMessage message)
    {
        _message = message;
        Headers.ContentType = new MediaTypeHeaderValue(ResponseWriter.ContentType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        int size = _message.CalculateSize();
        byte[] bytes = new byte[MessagePrefix.Size + size];
        MessagePrefix.WriteUncompressed(bytes, size);
        _message.WriteTo(bytes.AsSpan(MessagePrefix.Size));
        await stream.WriteAsync(bytes);
    }

    /// <summary>False, or a content-length header would appear, which gRPC does not send.</summary>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
