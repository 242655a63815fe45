using Keelson.Core;
using Keelson.CriServer.Configuration;
using Keelson.Grpc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting;

/// <summary>
/// The daemon's life. The socket listens first, so that clients can connect and are told to wait; then what an earlier
/// run has left is recovered; then the service manager hears that we are ready. Stopping ends calls, not containers.
/// </summary>
internal sealed partial class Daemon(
    GrpcServer server,
    Func<CancellationToken, Task> recover,
    KeelsonOptions options,
    ServiceManager manager,
    IHostApplicationLifetime lifetime,
    ILogger<Daemon> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _recovery = Task.CompletedTask;
    private Task _watchdog = Task.CompletedTask;

    /// <summary>What the process should end with.</summary>
    internal int ExitCode { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        LogListening(Product.Version, options.Socket);
        _recovery = RecoverAsync(_stopping.Token);
        _watchdog = FeedWatchdogAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        manager.Stopping();
        LogStopping();
        await _stopping.CancelAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.ShutdownTimeout);
        await server.StopAsync(patience.Token);
        await Task.WhenAll(_recovery, _watchdog);
        LogStopped();
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        try
        {
            await recover(cancellationToken);
            LogReady();
            manager.Ready();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped meanwhile; the next start recovers.
        }
        catch (Exception e) when (e is KeelsonException or IOException or UnauthorizedAccessException)
        {
            // Serving without knowing what runs would start every pod twice.
            LogRecoveryFailed(e);
            ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task FeedWatchdogAsync(CancellationToken cancellationToken)
    {
        if (manager.WatchdogInterval is not { } interval)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval);
        try
        {
            // Runs on the thread pool like every call: when calls can't run any more, neither does this.
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                manager.Alive();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
