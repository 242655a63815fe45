using Keelson.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.Grpc.Tests.Support;

/// <summary>An echo server on a socket in a directory of its own, with a client of ours.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-grpc-");
    private readonly GrpcServer _server;

    private TestServer(int receiveLimit)
    {
        SocketPath = Path.Combine(_directory.FullName, "echo.sock");
        Channel = GrpcChannel.ToUnixSocket(SocketPath);
        var options = new GrpcServerOptions
        {
            SocketPath = SocketPath,
            MaxReceiveMessageSize = receiveLimit,
            TranslateError = e => new RpcException(e is KeelsonException ? StatusCode.FailedPrecondition : StatusCode.Unknown, e.Message, e),
        };
        _server = new GrpcServer(Service.Methods(), options, NullLoggerFactory.Instance);
    }

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    internal EchoService Service { get; } = new();

    internal string SocketPath { get; }

    internal GrpcChannel Channel { get; }

    internal static async Task<TestServer> StartAsync(int receiveLimit = GrpcServerOptions.DefaultMaxMessageSize)
    {
        var server = new TestServer(receiveLimit);
        await server._server.StartAsync(CancellationToken.None).WaitAsync(Patience);
        return server;
    }

    internal Task StopAsync() => _server.StopAsync(CancellationToken.None).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _server.DisposeAsync().AsTask().WaitAsync(Patience);
        _directory.Delete(recursive: true);
    }
}
