using Google.Protobuf;
using Keelson.CriServer.Configuration;
using Keelson.CriServer.Hosting;
using Keelson.CriServer.Registry;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.Support;

/// <summary>The daemon in this process, serving from fakes, with a client of ours on its socket.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryStream _log = new();
    private Task<int> _run = Task.FromResult(0);

    private TestDaemon()
    {
        Channel = GrpcChannel.ToUnixSocket(SocketPath);
    }

    internal FakeRuntime Runtime { get; } = new();

    internal FakeImages Images { get; } = new();

    internal GrpcChannel Channel { get; }

    internal string Directory => _directory.Path;

    internal string SocketPath => $"{_directory.Path}/state/keelson.sock";

    internal Func<CancellationToken, Task> Recovery { get; init; } = _ => Task.CompletedTask;

    internal Func<string, string?> Environment { get; init; } = _ => null;

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return System.Text.Encoding.UTF8.GetString(_log.ToArray());
            }
        }
    }

    internal static async Task<TestDaemon> StartAsync(
        string configuration = "", Func<CancellationToken, Task>? recovery = null, Func<string, string?>? environment = null)
    {
        var daemon = new TestDaemon { Recovery = recovery ?? (_ => Task.CompletedTask), Environment = environment ?? (_ => null) };
        daemon._run = daemon.RunAsync(configuration);
        await daemon.AnswersAsync();
        return daemon;
    }

    /// <summary>A further daemon on the same directories.</summary>
    internal Task<int> RunAsync(string configuration = "")
    {
        string file = _directory.Write("config.yaml", $"root: {_directory.Path}/root\nstate: {_directory.Path}/state\n{configuration}\n");
        return Task.Run(() => DaemonHost.RunAsync(
            ConfigurationLoader.Load(file), (_, _) => new Domain(Runtime, Images, Recovery), Stream.Synchronized(_log), Environment, _stop.Token));
    }

    internal Task<TResponse> CallAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Channel.CallAsync(method, request, Waits.Patience, CancellationToken.None).WaitAsync(Waits.Patience);

    internal async Task<StatusCode> FailsAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        (await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, request))).Status;

    internal async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run.WaitAsync(Waits.Patience);
    }

    /// <summary>The exit code of a daemon that ends of its own accord.</summary>
    internal Task<int> EndAsync() => _run.WaitAsync(Waits.Patience);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Channel.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var patience = new CancellationTokenSource(Waits.Patience);
        while (!_run.IsCompleted)
        {
            try
            {
                await CallAsync(RuntimeMethods.Version, new Cri.VersionRequest());
                return;
            }
            catch (RpcException e) when (e.Status == StatusCode.Unavailable)
            {
                await Task.Delay(10, patience.Token);
            }
        }

        await _run;
    }
}
