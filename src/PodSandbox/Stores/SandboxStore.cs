using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>All sandboxes. Reading takes no lock and does no I/O.</summary>
internal sealed class SandboxStore
{
    private readonly ConcurrentDictionary<SandboxId, SandboxEntry> _entries = new();
    private readonly SnapshotCache<SandboxSnapshot> _all;
    private readonly StateLayout _layout;

    internal SandboxStore(StateLayout layout)
    {
        _layout = layout;
        _all = new SnapshotCache<SandboxSnapshot>(() =>
            [.. _entries.Values.Select(entry => entry.Snapshot).OrderBy(snapshot => snapshot.CreatedAtNanoseconds).ThenBy(snapshot => snapshot.Id.Value, StringComparer.Ordinal)]);
    }

    internal ImmutableArray<SandboxSnapshot> All => _all.Get();

    /// <summary>
    /// Makes the sandbox's directory and writes down who it is to be: the first half of its record. Whoever finds only
    /// this half knows what may have been made for it.
    /// </summary>
    internal void Announce(SandboxIdentity identity)
    {
        HostPath directory = _layout.Sandbox(identity.Id);
        StateDirectory.Make(directory);
        RecordFile.Announce(directory, identity, StateJson.Default.StateFileSandboxIdentity);
    }

    /// <summary>Writes the other half of the record of an announced sandbox and makes the sandbox visible.</summary>
    internal SandboxEntry Add(SandboxIdentity identity, SandboxStatus status)
    {
        RecordFile.Append(_layout.Sandbox(identity.Id), status, StateJson.Default.StateFileSandboxStatus);
        return Publish(identity, status);
    }

    /// <summary>The identity of a sandbox that was announced and not added; null for any other.</summary>
    /// <exception cref="KeelsonException">Internal: the half that is there is damaged.</exception>
    internal SandboxIdentity? FindUnfinished(SandboxId id) =>
        RecordFile.TryReadAnnounced(_layout.Sandbox(id), StateJson.Default.StateFileSandboxIdentity);

    /// <summary>Reads a record back.</summary>
    /// <exception cref="KeelsonException">NotFound or Internal: the record is missing or damaged.</exception>
    internal SandboxEntry Load(SandboxId id)
    {
        HostPath directory = _layout.Sandbox(id);
        (SandboxIdentity identity, SandboxStatus status) = RecordFile.Read(directory, StateJson.Default.StateFileSandboxIdentity, StateJson.Default.StateFileSandboxStatus);
        return identity.Id == id
            ? Publish(identity, status)
            : throw new KeelsonException(ErrorKind.Internal, $"read '{directory}': the record is that of sandbox {identity.Id}");
    }

    internal SandboxEntry? Find(SandboxId id) => _entries.GetValueOrDefault(id);

    internal SandboxEntry? FindByPrefix(string idOrPrefix) =>
        SandboxId.TryParse(idOrPrefix, out SandboxId id) ? Find(id) : IdPrefix.Single(_entries.Values, entry => entry.Id.Value, idOrPrefix, "sandbox");

    /// <exception cref="KeelsonException">NotFound.</exception>
    internal SandboxEntry Get(SandboxId id) =>
        Find(id) ?? throw new KeelsonException(ErrorKind.NotFound, $"sandbox '{id}': no such sandbox");

    internal void Forget(SandboxId id)
    {
        _entries.TryRemove(id, out _);
        _all.Invalidate();
    }

    internal ImmutableArray<SandboxSnapshot> List(SandboxFilter filter)
    {
        ImmutableArray<SandboxSnapshot> all = _all.Get();
        return filter.IdPrefix.Length == 0 && filter.Ready is null && filter.Labels.IsEmpty
            ? all
            : [.. all.Where(snapshot => snapshot.Id.Value.StartsWith(filter.IdPrefix, StringComparison.Ordinal)
                && (filter.Ready is null || filter.Ready == snapshot.IsReady)
                && LabelMatch.Holds(filter.Labels, snapshot.Config.Labels))];
    }

    private SandboxEntry Publish(SandboxIdentity identity, SandboxStatus status)
    {
        var entry = new SandboxEntry(identity, status, _layout.Sandbox(identity.Id), _all.Invalidate);
        _entries[identity.Id] = entry;
        _all.Invalidate();
        return entry;
    }
}
