using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>A client's connection to a gRPC server on a Unix socket. Calls may run at the same time.</summary>
public sealed class GrpcChannel : IDisposable
{
    private static readonly Uri Server = new("http://localhost");

    private readonly HttpMessageInvoker _http;
    private readonly string _socketPath;

    private GrpcChannel(string socketPath)
    {
        _socketPath = socketPath;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
        });
    }

    /// <summary>Largest message taken from the server.</summary>
    public int MaxReceiveMessageSize { get; init; } = GrpcServerOptions.DefaultMaxMessageSize;

    /// <summary>Makes a channel; it connects with the first call.</summary>
    public static GrpcChannel ToUnixSocket(string path) => new(path);

    /// <summary>One request, one answer.</summary>
    /// <param name="method">What to call.</param>
    /// <param name="request">Its argument.</param>
    /// <param name="timeout">Sent to the server and kept here too; null for none.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="RpcException">Every end but success; Unavailable when the server can't be reached.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan? timeout, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        TResponse? response = null;
        await foreach (TResponse message in StreamAsync(method, request, timeout, cancellationToken))
        {
            response = response is null
                ? message
                : throw new RpcException(StatusCode.Internal, $"{method.Path} answered with more than one message");
        }

        return response ?? throw new RpcException(StatusCode.Internal, $"{method.Path} answered without a message");
    }

    /// <summary>One request, a stream of answers.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan? timeout,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } time)
        {
            call.CancelAfter(time);
        }

        var errors = new ClientErrors(_socketPath, call.Token, cancellationToken);
        using HttpRequestMessage message = Request(method.Path, request, timeout);
        using HttpResponseMessage response = await errors.Translate(_http.SendAsync(message, call.Token));
        ClientStatus.ThrowIfNotGrpc(response);
        using Stream body = await errors.Translate(response.Content.ReadAsStreamAsync(call.Token));
        while (true)
        {
            TResponse? next = await errors
                .Translate(ResponseReader.ReadAsync(body, method.ResponseParser, MaxReceiveMessageSize, call.Token))
                ;
            if (next is null)
            {
                break;
            }

            yield return next;
        }

        ClientStatus.ThrowIfFailed(response);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(string path, IMessage body, TimeSpan? timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new MessageContent(body),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (timeout is { } time)
        {
            request.Headers.Add(GrpcTimeout.Header, GrpcTimeout.Format(time));
        }

        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
