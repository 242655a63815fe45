using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Shims;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Host;

/// <summary>
/// The connected shims, one per sandbox. A connection that breaks is made anew; a shim that is really gone is reported
/// once, so that its pod is not taken for running.
/// </summary>
internal sealed partial class PodShims(IShimHost host, IShimEvents events, ShimGroup group, TimeSpan reconnectDeadline, ILogger log)
{
    private readonly ConcurrentDictionary<SandboxId, Connection> _connections = new();

    // Guards the starts under way; held over no call.
    private readonly Lock _gate = new();
    private readonly Dictionary<SandboxId, Task<IShim>> _starting = [];

    /// <exception cref="KeelsonException">Unavailable: the sandbox's shim is not connected.</exception>
    internal IShim Get(SandboxId sandbox) =>
        TryGet(sandbox) ?? throw new KeelsonException(ErrorKind.Unavailable, $"shim of sandbox {sandbox.Short}: not connected");

    internal IShim? TryGet(SandboxId sandbox) => _connections.GetValueOrDefault(sandbox)?.Shim;

    /// <summary>
    /// Starts the shim of a sandbox, or gives the one that was started ahead for it. A start that is under way already is
    /// joined, and the first caller's token is the one that ends it.
    /// </summary>
    internal Task<IShim> StartAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        TaskCompletionSource<IShim> start;
        lock (_gate)
        {
            if (TryGet(sandbox) is { } started)
            {
                return Task.FromResult(started);
            }

            if (_starting.TryGetValue(sandbox, out Task<IShim>? under))
            {
                return under.WaitAsync(cancellationToken);
            }

            start = new TaskCompletionSource<IShim>(TaskCreationOptions.RunContinuationsAsynchronously);
            _starting.Add(sandbox, start.Task);
        }

        return StartAsync(sandbox, start, cancellationToken);
    }

    private async Task<IShim> StartAsync(SandboxId sandbox, TaskCompletionSource<IShim> start, CancellationToken cancellationToken)
    {
        try
        {
            IShim shim = await host.StartAsync(sandbox, cancellationToken);
            Watch(sandbox, shim);
            start.SetResult(shim);
            return shim;
        }
        catch (Exception failure)
        {
            start.SetException(failure);
            _ = start.Task.Exception;
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _starting.Remove(sandbox);
            }
        }
    }

    /// <summary>Connects to a shim that is there already and gives what it knows.</summary>
    /// <exception cref="KeelsonException">Unavailable: there is none.</exception>
    internal async Task<ImmutableArray<ShimProcess>> ConnectAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        IShim shim = await host.ConnectAsync(sandbox, cancellationToken);
        ImmutableArray<ShimProcess> processes = await shim.ListAsync(cancellationToken);
        Watch(sandbox, shim);
        return processes;
    }

    /// <summary>Ends the shim and whatever it still runs. Repeatable.</summary>
    internal async Task EndAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        if (_connections.TryRemove(sandbox, out Connection? connection))
        {
            connection.Expected = true;
            await ShutDownAsync(connection.Shim, cancellationToken);
            await connection.Pump.WaitAsync(cancellationToken);
        }
        else if (await TryConnectAsync(sandbox, cancellationToken) is { } stray)
        {
            await ShutDownAsync(stray, cancellationToken);
        }

        host.Forget(sandbox);
    }

    /// <summary>Lets go of the shims, which go on without this daemon.</summary>
    internal async Task DisconnectAllAsync()
    {
        foreach ((SandboxId sandbox, Connection connection) in _connections)
        {
            if (_connections.TryRemove(sandbox, out _))
            {
                connection.Expected = true;
                await connection.Shim.DisposeAsync();
            }
        }
    }

    private async Task<IShim?> TryConnectAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        try
        {
            return await host.ConnectAsync(sandbox, cancellationToken);
        }
        catch (KeelsonException failure)
        {
            LogNoShim(log, sandbox.Short, failure.Message);
            return null;
        }
    }

    private static async Task ShutDownAsync(IShim shim, CancellationToken cancellationToken)
    {
        await using (shim)
        {
            try
            {
                await shim.ShutdownAsync(cancellationToken);
            }
            catch (KeelsonException) when (shim.Closed.IsCompleted)
            {
                // It was gone before it could answer.
            }

            await shim.Closed.WaitAsync(cancellationToken);
        }
    }

    private void Watch(SandboxId sandbox, IShim shim)
    {
        group.Add(shim.Pid);
        var connection = new Connection(shim);
        _connections[sandbox] = connection;
        connection.Pump = Task.Run(() => PumpAsync(sandbox, connection));
    }

    private async Task PumpAsync(SandboxId sandbox, Connection connection)
    {
        try
        {
            await foreach (ProcessExit exit in connection.Shim.Exits.ReadAllAsync())
            {
                events.Exited(sandbox, exit);
            }
        }
        catch (KeelsonException failure)
        {
            LogConnectionBroke(log, sandbox.Short, failure.Message);
        }

        await connection.Shim.Closed;
        if (!connection.Expected && _connections.TryRemove(KeyValuePair.Create(sandbox, connection)))
        {
            await connection.Shim.DisposeAsync();
            _ = Task.Run(() => FindAgainAsync(sandbox));
        }
    }

    private async Task FindAgainAsync(SandboxId sandbox)
    {
        try
        {
            using var deadline = new CancellationTokenSource(reconnectDeadline);
            foreach (ShimProcess process in await ConnectAsync(sandbox, deadline.Token))
            {
                if (process.Exit is { } exit)
                {
                    events.Exited(sandbox, exit);
                }
            }
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
        {
            LogShimLost(log, sandbox.Short, failure.Message);
            events.ShimLost(sandbox);
        }
    }

    private sealed class Connection(IShim shim)
    {
        internal IShim Shim { get; } = shim;

        internal Task Pump { get; set; } = Task.CompletedTask;

        /// <summary>Set before the shim is asked to end.</summary>
        internal volatile bool Expected;
    }
}
