using Keelson.Core;
using Keelson.Sandboxes.Spec;

namespace Keelson.Sandboxes;

/// <summary>One container of the store: reading takes no lock, a change is on disk before it is visible.</summary>
internal sealed class ContainerEntry
{
    // Guards changes; held over one small write to a file, never over an await.
    private readonly Lock _gate = new();
    private readonly Action _changed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ContainerSnapshot _snapshot;
    private ContainerStop? _stop;

    internal ContainerEntry(ContainerIdentity identity, ContainerStatus status, HostPath directory, Action changed)
    {
        _snapshot = new ContainerSnapshot(identity, status);
        _changed = changed;
        Directory = directory;
        if (status.State is ContainerState.Exited or ContainerState.Removing)
        {
            _ended.SetResult();
        }
    }

    internal HostPath Directory { get; }

    internal ContainerSnapshot Snapshot => _snapshot;

    internal ContainerId Id => _snapshot.Id;

    /// <summary>Completes once an end (Exited or Removing) is visible.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>The spec it was or will be launched with; null until somebody needs it after a restart.</summary>
    internal BuiltSpec? Spec { get; set; }

    /// <summary>The stop under way, its deadline brought nearer if <paramref name="grace"/> ends before it; else a new one.</summary>
    internal ContainerStop JoinStop(TimeSpan grace, Func<ContainerStop, Task> begin)
    {
        lock (_gate)
        {
            if (_stop is { Work.IsCompleted: false } running)
            {
                running.Shorten(grace);
                return running;
            }

            _stop = new ContainerStop(grace);
            _stop.Work = begin(_stop);
            return _stop;
        }
    }

    /// <exception cref="KeelsonException">FailedPrecondition: a step that the state machine does not have.</exception>
    internal ContainerSnapshot Update(Func<ContainerStatus, ContainerStatus> change)
    {
        ContainerSnapshot next;
        lock (_gate)
        {
            ContainerSnapshot old = _snapshot;
            ContainerStatus status = change(old.Status);
            if (status == old.Status)
            {
                return old;
            }

            ContainerTransitions.Check(old.Id, old.State, status.State);
            RecordFile.Append(Directory, status, StateJson.Default.StateFileContainerStatus);
            next = _snapshot = old with { Status = status };
        }

        _changed();
        if (next.State is ContainerState.Exited or ContainerState.Removing)
        {
            _ended.TrySetResult();
        }

        return next;
    }
}
