using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>One sandbox of the store: reading takes no lock, a change is on disk before it is visible.</summary>
internal sealed class SandboxEntry
{
    // Guards changes; held over one small write to a file, never over an await.
    private readonly Lock _gate = new();
    private readonly Action _changed;
    private volatile SandboxSnapshot _snapshot;

    internal SandboxEntry(SandboxIdentity identity, SandboxStatus status, HostPath directory, Action changed)
    {
        _snapshot = new SandboxSnapshot(identity, status);
        _changed = changed;
        Directory = directory;
    }

    internal HostPath Directory { get; }

    internal SandboxSnapshot Snapshot => _snapshot;

    internal SandboxId Id => _snapshot.Id;

    /// <exception cref="KeelsonException">FailedPrecondition: a step that the state machine does not have.</exception>
    internal SandboxSnapshot Update(Func<SandboxStatus, SandboxStatus> change)
    {
        SandboxSnapshot next;
        lock (_gate)
        {
            SandboxSnapshot old = _snapshot;
            SandboxStatus status = change(old.Status);
            if (status == old.Status)
            {
                return old;
            }

            SandboxTransitions.Check(old.Id, old.State, status.State);
            RecordFile.Append(Directory, status, StateJson.Default.StateFileSandboxStatus);
            next = _snapshot = old with { Status = status };
        }

        _changed();
        return next;
    }
}
