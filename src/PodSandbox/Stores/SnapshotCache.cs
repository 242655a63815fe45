using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>
/// The list that a caller without a filter gets: made once per change, not once per call. The kubelet lists every
/// second, and changes are rare.
/// </summary>
internal sealed class SnapshotCache<T>(Func<ImmutableArray<T>> make)
{
    private long _generation;
    private volatile Entry? _entry;

    internal void Invalidate() => Interlocked.Increment(ref _generation);

    internal ImmutableArray<T> Get()
    {
        // Read before making: a change meanwhile leaves the entry with an old number, and the next call makes it anew.
        long generation = Interlocked.Read(ref _generation);
        Entry? entry = _entry;
        if (entry is null || entry.Generation != generation)
        {
            _entry = entry = new Entry(generation, make());
        }

        return entry.Items;
    }

    private sealed record Entry(long Generation, ImmutableArray<T> Items);
}
