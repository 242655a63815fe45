using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Host;

/// <summary>
/// One shim started ahead of the sandbox it is for: bringing up a process takes about as long as the rest of a sandbox
/// without CNI. The sandbox takes over the identifier that its shim was started with, so nothing is renamed, and a spare
/// that a killed daemon leaves behind is what any shim without a record is: swept up at the next start.
/// </summary>
/// <param name="shims">Where it is started and ended.</param>
/// <param name="pause">Left to the pod that has just taken the last one, unless <see cref="Hasten"/> comes first: its own start matters more than the next one's. Null: none is kept.</param>
/// <param name="patience">For its start, and for its end.</param>
/// <param name="log">Told when there is none.</param>
internal sealed partial class SpareShim(PodShims shims, TimeSpan? pause, TimeSpan patience, ILogger log) : IAsyncDisposable
{
    // Guards the fields below; held over no call.
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private SandboxId? _ready;
    private SandboxId? _starting;
    private Task _refill = Task.CompletedTask;
    private TaskCompletionSource _hurry = new();
    private bool _ended;

    /// <summary>The identifier of the next sandbox: the spare's if there is one or is going to be at once, else a new one.</summary>
    internal SandboxId TakeId()
    {
        lock (_gate)
        {
            if (_starting is { } joined)
            {
                _starting = null;
                return joined;
            }

            SandboxId? ready = _ready;
            _ready = null;
            if (ready is not { } id)
            {
                return SandboxId.New();
            }

            if (shims.TryGet(id) is not null)
            {
                return id;
            }

            // It died while it waited; what is left of it is a directory.
            _ = Task.Run(() => EndAsync(id));
            return SandboxId.New();
        }
    }

    /// <summary>Sees to it that there is one soon. Returns at once.</summary>
    internal void Refill()
    {
        lock (_gate)
        {
            if (pause is { } delay && !_ended && _ready is null && _refill.IsCompleted)
            {
                var hurry = new TaskCompletionSource();
                _hurry = hurry;
                _refill = Task.Run(() => StartAsync(delay, hurry.Task));
            }
        }
    }

    /// <summary>The pod that took the last one has its first container: nothing is left to be in the way of.</summary>
    internal void Hasten()
    {
        Refill();
        _hurry.TrySetResult();
    }

    /// <summary>Ends the spare: a daemon that stops leaves pods behind, nothing else.</summary>
    public async ValueTask DisposeAsync()
    {
        Task refill;
        lock (_gate)
        {
            _ended = true;
            refill = _refill;
        }

        await _stop.CancelAsync();
        await refill;
        if (_ready is { } id)
        {
            await EndAsync(id);
        }

        _stop.Dispose();
    }

    private async Task StartAsync(TimeSpan delay, Task hurry)
    {
        var id = SandboxId.New();
        try
        {
            await Task.WhenAny(Task.Delay(delay, _stop.Token), hurry);
            _stop.Token.ThrowIfCancellationRequested();
            lock (_gate)
            {
                _starting = id;
            }

            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            deadline.CancelAfter(patience);
            await shims.StartAsync(id, deadline.Token);
            lock (_gate)
            {
                _ready = _starting;
                _starting = null;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await GiveUpAsync(id);
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
        {
            // The next sandbox starts its own, and says what is wrong.
            LogNoSpare(log, failure.Message);
            await GiveUpAsync(id);
        }
    }

    private async Task GiveUpAsync(SandboxId id)
    {
        bool taken;
        lock (_gate)
        {
            taken = _starting is null;
            _starting = null;
        }

        // A sandbox that joined the start takes back what there is of it.
        if (!taken)
        {
            await EndAsync(id);
        }
    }

    private async Task EndAsync(SandboxId id)
    {
        try
        {
            using var deadline = new CancellationTokenSource(patience);
            await shims.EndAsync(id, deadline.Token);
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
        {
            LogNoSpare(log, failure.Message);
        }
    }

    [LoggerMessage(7061, LogLevel.Warning, "The shim kept in reserve: {Reason}")]
    private static partial void LogNoSpare(ILogger log, string reason);
}
