using Google.Protobuf;
using Keelson.Grpc;

namespace Keelson.CriServer.Commands.Client;

/// <summary>One command's connection to a runtime.</summary>
internal sealed class CriClient : IDisposable
{
    /// <summary>Calls that no person waits longer for. Pulls, stops and commands have none.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly GrpcChannel _channel;

    private CriClient(string socketPath) => _channel = GrpcChannel.ToUnixSocket(socketPath);

    internal static CriClient Connect(System.CommandLine.ParseResult parsed, GlobalOptions options, CommandContext context) =>
        new(GlobalOptions.SocketPath(parsed.GetValue(options.Endpoint), context.Environment));

    internal Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _channel.CallAsync(method, request, DefaultTimeout, cancellationToken);

    internal Task<TResponse> CallWithoutTimeoutAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _channel.CallAsync(method, request, timeout: null, cancellationToken);

    public void Dispose() => _channel.Dispose();
}
