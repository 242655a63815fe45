using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keelson.Grpc;

/// <summary>
/// A gRPC server on a Unix socket: HTTP/2 by prior knowledge, straight on Kestrel's server without the web host
/// around it (docs/adr/0002).
/// </summary>
public sealed class GrpcServer : IAsyncDisposable
{
    private readonly MethodTable _methods;
    private readonly GrpcServerOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private KestrelServer? _kestrel;
    private SocketFile? _socket;

    /// <summary>Creates a server that does not listen yet.</summary>
    public GrpcServer(MethodTable methods, GrpcServerOptions options, ILoggerFactory loggers)
    {
        _methods = methods;
        _options = options;
        _loggers = loggers;
    }

    /// <summary>Listens. When this returns clients can connect.</summary>
    /// <exception cref="Core.KeelsonException">FailedPrecondition: the path is another server's.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _socket = SocketFile.Claim(_options.SocketPath);
        _kestrel = new KestrelServer(
            Options.Create(KestrelOptions()),
            new SocketTransportFactory(Options.Create(TransportOptions()), _loggers),
            _loggers);
        IHttpApplication<IFeatureCollection> application =
            new GrpcApplication(_methods, _options, _loggers.CreateLogger<GrpcApplication>(), _stopping.Token);
        await _kestrel.StartAsync(application, cancellationToken);
    }

    /// <summary>
    /// Takes no more calls, ends streaming ones with Unavailable, and waits for the others until
    /// <paramref name="cancellationToken"/>, which cuts them off. Removes the socket.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_kestrel is not null)
        {
            await _kestrel.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _kestrel?.Dispose();
        _socket?.Dispose();
        _stopping.Dispose();
    }

    private KestrelServerOptions KestrelOptions()
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new LoggerServices(_loggers),
        };

        // The limit is per message, on its length prefix.
        options.Limits.MaxRequestBodySize = null;

        // A client that reads its event stream slowly is not an attacker: the socket is for trusted users only.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;

        // The kubelet keeps one connection for ever; an idle one must not be closed under it. Not infinite: Kestrel adds
        // the limit to the time it is, infinity runs over, and every connection idle at its next tick is closed.
        options.Limits.KeepAliveTimeout = TimeSpan.FromDays(3650);
        options.Limits.Http2.MaxStreamsPerConnection = 1000;
        options.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        options.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        options.ListenUnixSocket(_options.SocketPath, Listen);
        return options;
    }

    private static void Listen(ListenOptions listen)
    {
        // HTTP/2 only: without TLS there is no negotiation, and the client begins with the HTTP/2 preface.
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => connection =>
        {
            if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            {
                connection.Features.Set(PeerCredentials.Of(socket));
            }

            return next(connection);
        });
    }

    private SocketTransportOptions TransportOptions() => new()
    {
        CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

            // Between bind and listen: nobody can have connected under the umask's permissions.
            // The name was bound a moment ago, in a directory that is the daemon's alone.
#pragma warning disable RS0030
            File.SetUnixFileMode(_options.SocketPath, _options.SocketMode);
#pragma warning restore RS0030
            return socket;
        },
    };

    /// <summary>All that Kestrel asks a container for when there is no web host.</summary>
    private sealed class LoggerServices(ILoggerFactory loggers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? loggers : null;
    }
}
