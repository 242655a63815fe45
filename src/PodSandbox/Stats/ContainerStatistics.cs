using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;

namespace Keelson.Sandboxes.Stats;

/// <summary>Counters of running containers, read from their cgroups.</summary>
internal sealed class ContainerStatistics(PodContext pod)
{
    /// <summary>Readings nearer together than this give no useful rate; the last one is repeated.</summary>
    private const long ShortestIntervalNanoseconds = 100_000_000;

    private readonly ConcurrentDictionary<ContainerId, Reading> _last = new();

    internal ContainerStats Of(ContainerId id) => Read(pod.Containers.Get(id).Snapshot);

    internal ImmutableArray<ContainerStats> List(ContainerFilter filter)
    {
        var stats = ImmutableArray.CreateBuilder<ContainerStats>();
        foreach (ContainerSnapshot container in pod.Containers.List(filter))
        {
            // One that ends meanwhile has no counters any more, and does not fail the list.
            if (container.State == ContainerState.Running)
            {
                ContainerStats read = Read(container);
                if (read.CpuUsageNanoseconds is not null || read.MemoryUsageBytes is not null)
                {
                    stats.Add(read);
                }
            }
        }

        return stats.ToImmutable();
    }

    internal void Forget(ContainerId id) => _last.TryRemove(id, out _);

    private ContainerStats Read(ContainerSnapshot container)
    {
        long now = pod.Host.Now();
        CgroupStats stats = container.State == ContainerState.Running && pod.Sandboxes.Find(container.SandboxId) is { } sandbox
            ? pod.CgroupOf(container.Identity, sandbox.Snapshot.Config).ReadStats()
            : new CgroupStats();
        long swapLimit = container.Status.Resources.MemorySwapLimitBytes - container.Status.Resources.MemoryLimitBytes;
        return new ContainerStats
        {
            Container = container,
            TimestampNanoseconds = now,
            CpuUsageNanoseconds = stats.CpuUsageNanoseconds,
            CpuUsageNanoCores = stats.CpuUsageNanoseconds is { } usage ? Rate(container.Id, now, usage) : null,
            MemoryWorkingSetBytes = stats.MemoryWorkingSetBytes,
            MemoryAvailableBytes = stats.MemoryAvailableBytes,
            MemoryUsageBytes = stats.MemoryUsageBytes,
            MemoryRssBytes = stats.MemoryRssBytes,
            PageFaults = stats.PageFaults,
            MajorPageFaults = stats.MajorPageFaults,
            SwapUsageBytes = stats.SwapUsageBytes,
            SwapAvailableBytes = stats.SwapUsageBytes is { } swapped && swapLimit > 0 ? (ulong)Math.Max(0, swapLimit - (long)swapped) : null,
            Pids = stats.PidsCurrent,
            WritableLayer = pod.WritableLayers.Find(container.Id),
        };
    }

    private ulong? Rate(ContainerId id, long now, ulong usage)
    {
        if (!_last.TryGetValue(id, out Reading? last))
        {
            _last[id] = new Reading(now, usage, null);
            return null;
        }

        long interval = now - last.Time;
        if (interval < ShortestIntervalNanoseconds || usage < last.Usage)
        {
            return last.Rate;
        }

        ulong rate = (ulong)((usage - last.Usage) * 1e9 / interval);
        _last[id] = new Reading(now, usage, rate);
        return rate;
    }

    private sealed record Reading(long Time, ulong Usage, ulong? Rate);
}
