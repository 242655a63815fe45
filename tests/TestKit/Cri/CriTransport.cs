using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Keelson.TestKit;

/// <summary>
/// gRPC as the kubelet speaks it over a Unix socket, written for the tests alone: a mistake in the product's own client
/// can't hide one in its server.
/// </summary>
internal sealed class CriTransport : IDisposable
{
    private readonly HttpMessageInvoker _http;

    public CriTransport(string socketPath)
    {
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        });
    }

    public async Task<T> UnaryAsync<T>(string service, string method, IMessage request, MessageParser<T> parser, TimeSpan timeout)
        where T : IMessage<T>
    {
        T? answer = default;
        await foreach (T message in StreamAsync(service, method, request, parser, timeout, CancellationToken.None))
        {
            answer = message;
        }

        return answer ?? throw new CriException(method, CriStatus.Internal, "status OK without an answer");
    }

    /// <summary>Reads one message after another; ends with the server's OK, throws at any other status.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string service, string method, IMessage request, MessageParser<T> parser, TimeSpan timeout,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The server is told the same deadline and answers first; this one is for a server that does not.
        deadline.CancelAfter(timeout + TimeSpan.FromSeconds(2));
        using HttpRequestMessage message = Request(service, method, request, timeout);
        using HttpResponseMessage response = await SendAsync(method, message, deadline.Token);
        ThrowUnlessOk(method, response.Headers);
        await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
        int count = 0;
        while (await ReadMessageAsync(method, body, deadline.Token) is { } bytes)
        {
            count++;
            yield return parser.ParseFrom(bytes);
        }

        if (!response.TrailingHeaders.Contains("grpc-status") && !response.Headers.Contains("grpc-status"))
        {
            throw new CriException(method, CriStatus.Internal, $"no grpc-status after {count} messages");
        }

        ThrowUnlessOk(method, response.TrailingHeaders);
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(string service, string method, IMessage request, TimeSpan timeout)
    {
        byte[] frame = new byte[5 + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        request.WriteTo(frame.AsSpan(5));
        var message = new HttpRequestMessage(HttpMethod.Post, $"http://localhost/runtime.v1.{service}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        long milliseconds = Math.Min((long)timeout.TotalMilliseconds, 99_999_999);
        message.Headers.Add("grpc-timeout", milliseconds.ToString(CultureInfo.InvariantCulture) + "m");
        return message;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(message, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new CriException(method, CriStatus.Unavailable, e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CriException(method, CriStatus.Unavailable, "connection ended");
        }
        catch (OperationCanceledException)
        {
            throw new CriException(method, CriStatus.DeadlineExceeded, "the server did not answer in time");
        }
    }

    private static async Task<byte[]?> ReadMessageAsync(string method, Stream body, CancellationToken cancellationToken)
    {
        byte[] prefix = new byte[5];
        try
        {
            int read = await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                return null;
            }

            byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
            await body.ReadExactlyAsync(message, cancellationToken);
            return message;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CriException(method, CriStatus.Unavailable, e.Message);
        }
        catch (OperationCanceledException)
        {
            throw new CriException(method, CriStatus.DeadlineExceeded, "the server stopped answering");
        }
    }

    private static void ThrowUnlessOk(string method, HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out IEnumerable<string>? values))
        {
            return;
        }

        var status = (CriStatus)int.Parse(values.First(), CultureInfo.InvariantCulture);
        if (status != CriStatus.Ok)
        {
            string detail = headers.TryGetValues("grpc-message", out IEnumerable<string>? text) ? text.First() : "";
            throw new CriException(method, status, Uri.UnescapeDataString(detail));
        }
    }
}
