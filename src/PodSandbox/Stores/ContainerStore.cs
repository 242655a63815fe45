using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>All containers. Reading takes no lock and does no I/O.</summary>
internal sealed class ContainerStore : ILayerUsers
{
    private readonly ConcurrentDictionary<ContainerId, ContainerEntry> _entries = new();
    private readonly SnapshotCache<ContainerSnapshot> _all;
    private readonly StateLayout _layout;

    internal ContainerStore(StateLayout layout)
    {
        _layout = layout;
        _all = new SnapshotCache<ContainerSnapshot>(() =>
            [.. _entries.Values.Select(entry => entry.Snapshot).OrderBy(snapshot => snapshot.CreatedAtNanoseconds).ThenBy(snapshot => snapshot.Id.Value, StringComparer.Ordinal)]);
    }

    internal ImmutableArray<ContainerSnapshot> All => _all.Get();

    /// <summary>Writes the record into the container's directory, which exists, and makes the container visible.</summary>
    internal ContainerEntry Add(ContainerIdentity identity, ContainerStatus status)
    {
        HostPath directory = _layout.Container(identity.Id);
        RecordFile.Create(directory, identity, StateJson.Default.StateFileContainerIdentity, status, StateJson.Default.StateFileContainerStatus);
        return Publish(identity, status);
    }

    /// <summary>Reads a record back.</summary>
    /// <exception cref="KeelsonException">NotFound or Internal: the record is missing or damaged.</exception>
    internal ContainerEntry Load(ContainerId id)
    {
        HostPath directory = _layout.Container(id);
        (ContainerIdentity identity, ContainerStatus status) = RecordFile.Read(directory, StateJson.Default.StateFileContainerIdentity, StateJson.Default.StateFileContainerStatus);
        return identity.Id == id
            ? Publish(identity, status)
            : throw new KeelsonException(ErrorKind.Internal, $"read '{directory}': the record is that of container {identity.Id}");
    }

    internal ContainerEntry? Find(ContainerId id) => _entries.GetValueOrDefault(id);

    internal ContainerEntry? FindByPrefix(string idOrPrefix) =>
        ContainerId.TryParse(idOrPrefix, out ContainerId id) ? Find(id) : IdPrefix.Single(_entries.Values, entry => entry.Id.Value, idOrPrefix, "container");

    /// <exception cref="KeelsonException">NotFound.</exception>
    internal ContainerEntry Get(ContainerId id) =>
        Find(id) ?? throw new KeelsonException(ErrorKind.NotFound, $"container '{id}': no such container");

    internal ImmutableArray<ContainerEntry> Of(SandboxId sandbox) => [.. _entries.Values.Where(entry => entry.Snapshot.SandboxId == sandbox)];

    internal void Forget(ContainerId id)
    {
        _entries.TryRemove(id, out _);
        _all.Invalidate();
    }

    internal ImmutableArray<ContainerSnapshot> List(ContainerFilter filter)
    {
        ImmutableArray<ContainerSnapshot> all = _all.Get();
        return filter.IdPrefix.Length == 0 && filter.SandboxIdPrefix.Length == 0 && filter.State is null && filter.Labels.IsEmpty
            ? all
            : [.. all.Where(snapshot => snapshot.Id.Value.StartsWith(filter.IdPrefix, StringComparison.Ordinal)
                && snapshot.SandboxId.Value.StartsWith(filter.SandboxIdPrefix, StringComparison.Ordinal)
                && (filter.State is null || filter.State == ReportedStates.Of(snapshot.State))
                && LabelMatch.Holds(filter.Labels, snapshot.Config.Labels))];
    }

    /// <inheritdoc/>
    public IReadOnlySet<Digest> ChainIdsInUse()
    {
        var used = new HashSet<Digest>();
        foreach (ContainerEntry entry in _entries.Values)
        {
            ContainerIdentity identity = entry.Snapshot.Identity;
            foreach (ResolvedImage image in identity.VolumeImages.Values.Append(identity.Image))
            {
                foreach (ImageLayer layer in image.Layers)
                {
                    used.Add(layer.ChainId);
                }
            }
        }

        return used;
    }

    private ContainerEntry Publish(ContainerIdentity identity, ContainerStatus status)
    {
        var entry = new ContainerEntry(identity, status, _layout.Container(identity.Id), _all.Invalidate);
        _entries[identity.Id] = entry;
        _all.Invalidate();
        return entry;
    }
}
