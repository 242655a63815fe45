using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Sandboxes.Host;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>
/// Shims without processes: each keeps its table of launched "processes" beyond a connection, as a real one does, so
/// that a second runtime can find it again.
/// </summary>
internal sealed class FakeShims : IShimHost
{
    private readonly ConcurrentDictionary<SandboxId, Table> _tables = new();

    /// <summary>Answers a launch; null lets it succeed.</summary>
    internal Func<LaunchRequest, LaunchOutcome?> OnLaunch { get; set; } = _ => null;

    /// <summary>Awaited before a shim is there.</summary>
    internal Func<Task> BeforeStart { get; set; } = () => Task.CompletedTask;

    /// <summary>Awaited before every launch.</summary>
    internal Func<Task> BeforeLaunch { get; set; } = () => Task.CompletedTask;

    /// <summary>Which signals a process dies of.</summary>
    internal Func<string, int, bool> DiesOf { get; set; } = (_, signal) => signal is 9 or 15;

    internal Func<ExecSyncRequest, ExecSyncOutcome> OnExec { get; set; } =
        _ => new ExecSyncOutcome(new LaunchOutcome(99, 1, -1, 0, null), 0, false, [], []);

    internal ConcurrentQueue<(string ProcessId, int Signal, bool Everyone)> Signals { get; } = new();

    internal ConcurrentQueue<LaunchRequest> Launches { get; } = new();

    internal int Running => _tables.Count;

    /// <summary>The only one that runs.</summary>
    internal SandboxId Only => _tables.Keys.Single();

    internal Table Of(SandboxId sandbox) => _tables[sandbox];

    public async Task<IShim> StartAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        await BeforeStart();
        Table table = _tables[sandbox] = new Table(this, sandbox);
        return table.Connect();
    }

    public Task<IShim> ConnectAsync(SandboxId sandbox, CancellationToken cancellationToken) => _tables.TryGetValue(sandbox, out Table? table)
        ? Task.FromResult<IShim>(table.Connect())
        : Task.FromException<IShim>(new KeelsonException(ErrorKind.Unavailable, "nobody listens"));

    public void Forget(SandboxId sandbox)
    {
    }

    /// <summary>Ends the shim as SIGKILL would: its processes' ends are never reported.</summary>
    internal void Crash(SandboxId sandbox)
    {
        if (_tables.TryRemove(sandbox, out Table? table))
        {
            table.Close();
        }
    }

    /// <summary>What a shim knows.</summary>
    internal sealed class Table(FakeShims owner, SandboxId sandbox)
    {
        private readonly ConcurrentDictionary<string, ShimProcess> _processes = new();
        private FakeShim? _connection;
        private int _pid = 1000;

        internal IReadOnlyCollection<ShimProcess> Processes => [.. _processes.Values];

        internal FakeShim Connect() => _connection = new FakeShim(owner, this);

        internal ShimProcess Launch(string id) => _processes[id] = new ShimProcess(id, Interlocked.Increment(ref _pid), 1_800_000_000_000_000_000, null);

        internal void Forget(string id) => _processes.TryRemove(id, out _);

        internal bool End(string id, int code, bool oom = false, int signal = 0)
        {
            if (!_processes.TryGetValue(id, out ShimProcess? process) || process.Exit is not null)
            {
                return false;
            }

            var exit = new ProcessExit(id, code, signal, oom, 1_800_000_001_000_000_000);
            _processes[id] = process with { Exit = exit };
            _connection?.Report(exit);
            return true;
        }

        internal void Close()
        {
            owner._tables.TryRemove(KeyValuePair.Create(sandbox, this));
            _connection?.Disconnect();
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class FakeShim(FakeShims owner, Table table) : IShim
    {
        private readonly Channel<ProcessExit> _exits = Channel.CreateUnbounded<ProcessExit>();
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Pid => 4242;

        public Task Closed => _closed.Task;

        public ChannelReader<ProcessExit> Exits => _exits.Reader;

        public async Task<LaunchOutcome> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
        {
            owner.Launches.Enqueue(request);
            await owner.BeforeLaunch().WaitAsync(cancellationToken);
            if (owner.OnLaunch(request) is { Launched: false } failed)
            {
                return failed;
            }

            ShimProcess process = table.Launch(request.ProcessId);
            return new LaunchOutcome(process.Pid, process.StartedAtNanoseconds, -1, 0, null);
        }

        public Task<bool> SignalAsync(string processId, int signal, bool everyone, CancellationToken cancellationToken)
        {
            owner.Signals.Enqueue((processId, signal, everyone));
            if (table.Processes.All(process => process.ProcessId != processId))
            {
                return Task.FromException<bool>(new KeelsonException(ErrorKind.NotFound, $"signal '{processId}': no such process"));
            }

            bool alive = table.Processes.Any(process => process.ProcessId == processId && process.Exit is null);
            if (alive && owner.DiesOf(processId, signal))
            {
                table.End(processId, 128 + signal, signal: signal);
            }

            return Task.FromResult(alive);
        }

        public Task<ExecSyncOutcome> ExecSyncAsync(ExecSyncRequest request, CancellationToken cancellationToken) => Task.FromResult(owner.OnExec(request));

        public Task ReopenLogAsync(string processId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ImmutableArray<ShimProcess>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<ShimProcess>>([.. table.Processes]);

        public Task ForgetAsync(string processId, CancellationToken cancellationToken)
        {
            table.Forget(processId);
            return Task.CompletedTask;
        }

        public Task ShutdownAsync(CancellationToken cancellationToken)
        {
            table.Close();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Disconnect();
            return ValueTask.CompletedTask;
        }

        internal void Report(ProcessExit exit) => _exits.Writer.TryWrite(exit);

        internal void Disconnect()
        {
            _exits.Writer.TryComplete();
            _closed.TrySetResult();
        }
    }
}
