using System.Threading.Channels;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Host;

/// <summary>
/// The cgroup of all shims, apart from the daemon's: what befalls that one (a service manager that kills a unit's group,
/// a limit on the unit) must not reach the pods. On cgroup v2 alone; elsewhere shims stay where the daemon is.
/// </summary>
/// <remarks>
/// A shim is born beside the daemon and moved a moment later, with whatever others have come by then: the kernel makes
/// the first of a row of moves wait some 10 ms, and everyone who wants to make a group waits with it.
/// </remarks>
internal sealed partial class ShimGroup : IAsyncDisposable
{
    internal const string Name = "shims";

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);

    private readonly ICgroup? _group;
    private readonly ILogger _log;
    private readonly Channel<int> _arrived = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task? _moving;

    internal ShimGroup(ICgroups cgroups, CgroupPath parent, ILogger log)
    {
        _group = cgroups.Layout.Mode == CgroupMode.Unified ? cgroups.Get(parent.Child(Name)) : null;
        _log = log;
    }

    /// <summary>Makes the group and begins to move what is added.</summary>
    internal void Open()
    {
        if (_group is null)
        {
            return;
        }

        try
        {
            _group.Create();
            _moving = Task.Run(MoveAsync);
        }
        catch (KeelsonException failure)
        {
            LogNotMoved(_log, failure.Message);
        }
    }

    /// <summary>Returns at once. One that is in the group already may be added again.</summary>
    internal void Add(int pid)
    {
        if (_moving is not null)
        {
            _arrived.Writer.TryWrite(pid);
        }
    }

    /// <summary>Moves what is left, and removes the group if no shim lives in it.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrived.Writer.TryComplete();
        await _stop.CancelAsync();
        if (_moving is not null)
        {
            await _moving;
            _group!.TryDelete();
        }

        _stop.Dispose();
    }

    private async Task MoveAsync()
    {
        while (await _arrived.Reader.WaitToReadAsync())
        {
            await Task.Delay(Gathering, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_arrived.Reader.TryRead(out int pid))
            {
                Move(pid);
            }
        }
    }

    private void Move(int pid)
    {
        try
        {
            // One that has ended meanwhile needs no place.
            _group!.TryMove(pid);
        }
        catch (KeelsonException failure)
        {
            LogNotMoved(_log, failure.Message);
        }
    }

    [LoggerMessage(7062, LogLevel.Warning, "Shims stay in the daemon's cgroup: {Reason}")]
    private static partial void LogNotMoved(ILogger log, string reason);
}
