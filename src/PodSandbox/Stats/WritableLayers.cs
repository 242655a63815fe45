using System.Collections.Concurrent;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes.Host;

namespace Keelson.Sandboxes.Stats;

/// <summary>
/// Disk use of the containers' writable layers, measured in the background: a walk over a tree has no bound, and
/// nobody who asks for statistics may wait for it.
/// </summary>
internal sealed class WritableLayers(StateLayout layout, IHostResourcesClock clock)
{
    private readonly ConcurrentDictionary<ContainerId, WritableLayerUsage> _usage = new();

    internal WritableLayerUsage? Find(ContainerId id) => _usage.GetValueOrDefault(id);

    internal void Forget(ContainerId id) => _usage.TryRemove(id, out _);

    /// <summary>Measures again and again until cancelled; a container that no longer runs is measured once more.</summary>
    internal async Task RunAsync(ContainerStore containers, TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval);
        var final = new HashSet<ContainerId>();
        do
        {
            foreach (ContainerSnapshot container in containers.All)
            {
                cancellationToken.ThrowIfCancellationRequested();
                bool runs = ContainerTransitions.MayRun(container.State);
                if (runs || final.Add(container.Id))
                {
                    Measure(container.Id);
                }
            }

            final.RemoveWhere(id => containers.Find(id) is null);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private void Measure(ContainerId id)
    {
        try
        {
            TreeUsage usage = TreeUsage.Measure(layout.Writable(id).Child("upper"));
            _usage[id] = new WritableLayerUsage(clock.Now(), layout.Containers.Value, (ulong)usage.Bytes, (ulong)usage.Inodes);
        }
        catch (LinuxException)
        {
            // Removed meanwhile.
            _usage.TryRemove(id, out _);
        }
    }
}
