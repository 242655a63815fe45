using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;

namespace Keelson.Sandboxes.Stats;

/// <summary>Counters of running containers, read from their cgroups.</summary>
internal sealed class ContainerStatistics(PodContext pod)
{
    private readonly CpuRates<ContainerId> _rates = new();

    internal ContainerStats Of(ContainerId id) => Read(pod.Containers.Get(id).Snapshot);

    internal ImmutableArray<ContainerStats> List(ContainerFilter filter) => Of(pod.Containers.List(filter));

    /// <summary>Those of <paramref name="containers"/> that run. One that ends meanwhile does not fail the list.</summary>
    internal ImmutableArray<ContainerStats> Of(IEnumerable<ContainerSnapshot> containers) =>
        [.. containers.Where(container => container.State == ContainerState.Running).Select(Read).Where(stats => stats.IsCounted)];

    internal void Forget(ContainerId id) => _rates.Forget(id);

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
            CpuUsageNanoCores = stats.CpuUsageNanoseconds is { } usage ? _rates.Next(container.Id, now, usage) : null,
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
}
