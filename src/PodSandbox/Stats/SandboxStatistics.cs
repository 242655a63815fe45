using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Sandboxes.Cni;

namespace Keelson.Sandboxes.Stats;

/// <summary>
/// Counters of ready sandboxes. A pod's cgroup is the one that the kubelet names as its parent, as in containerd: it
/// counts what has ended too, and its limit is the pod's. Where that group is not the pod's alone, the groups in it that
/// are this pod's are added up: what a container used is then gone from the sum when it ends.
/// </summary>
internal sealed class SandboxStatistics(PodContext pod, ContainerStatistics containers)
{
    private const string Loopback = "lo";

    private readonly CpuRates<SandboxId> _rates = new();

    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not ready).</exception>
    internal SandboxStats Of(SandboxId id)
    {
        SandboxSnapshot sandbox = pod.Sandboxes.Get(id).Snapshot;
        return sandbox.IsReady
            ? Read(sandbox, pod.Containers.List(new ContainerFilter { SandboxIdPrefix = id.Value }), SharedParents())
            : throw new KeelsonException(ErrorKind.FailedPrecondition, $"statistics of sandbox {id.Short}: it is {sandbox.State}");
    }

    /// <summary>Those of the ready ones that match. One that ends meanwhile does not fail the list.</summary>
    internal ImmutableArray<SandboxStats> List(SandboxFilter filter)
    {
        ILookup<SandboxId, ContainerSnapshot> bySandbox = pod.Containers.All.ToLookup(container => container.SandboxId);
        HashSet<string> shared = SharedParents();
        return
        [
            .. pod.Sandboxes.List(filter with { Ready = true })
                .Select(sandbox => Read(sandbox, bySandbox[sandbox.Id], shared))
                .Where(stats => stats.IsCounted),
        ];
    }

    internal void Forget(SandboxId id) => _rates.Forget(id);

    private SandboxStats Read(SandboxSnapshot sandbox, IEnumerable<ContainerSnapshot> members, HashSet<string> shared)
    {
        long now = pod.Host.Now();
        ImmutableArray<ContainerStats> ofContainers = containers.Of(members);
        CgroupPath parent = pod.ParentOf(sandbox.Config);
        CgroupStats stats = shared.Contains(parent.Value)
            ? ofContainers.Aggregate(pod.CgroupOf(sandbox.Identity).ReadStats(), Add)
            : pod.Cgroups.Get(parent).ReadStats();
        return new SandboxStats
        {
            Sandbox = sandbox,
            TimestampNanoseconds = now,
            CpuUsageNanoseconds = stats.CpuUsageNanoseconds,
            CpuUsageNanoCores = stats.CpuUsageNanoseconds is { } usage ? _rates.Next(sandbox.Id, now, usage) : null,
            MemoryWorkingSetBytes = stats.MemoryWorkingSetBytes,
            MemoryAvailableBytes = stats.MemoryAvailableBytes,
            MemoryUsageBytes = stats.MemoryUsageBytes,
            MemoryRssBytes = stats.MemoryRssBytes,
            PageFaults = stats.PageFaults,
            MajorPageFaults = stats.MajorPageFaults,
            Pids = stats.PidsCurrent,
            Network = Network(sandbox.Status),
            Containers = ofContainers,
        };
    }

    /// <summary>The parents that are no pod's alone: ours, and those that several pods name.</summary>
    private HashSet<string> SharedParents()
    {
        var shared = new HashSet<string>(StringComparer.Ordinal) { CgroupPath.Parse(pod.Options.CgroupParent).Value };
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SandboxConfig config in pod.Sandboxes.All.Where(sandbox => !sandbox.Status.Released).Select(sandbox => sandbox.Config))
        {
            // An earlier attempt of the same pod is no other pod.
            string parent = pod.ParentOf(config).Value;
            if (!owners.TryAdd(parent, config.Metadata.Uid) && owners[parent] != config.Metadata.Uid)
            {
                shared.Add(parent);
            }
        }

        return shared;
    }

    private NetworkStats? Network(SandboxStatus status)
    {
        if (status.NetworkNamespacePath.Length == 0 || status.PausePid == 0)
        {
            return null;
        }

        long now = pod.Host.Now();
        ImmutableArray<InterfaceCounters> all = pod.Host.ReadInterfaces(status.PausePid, status.NetworkNamespacePath).RemoveAll(found => found.Name == Loopback);
        InterfaceCounters? first = all.FirstOrDefault(found => found.Name == CniAttachment.Interface) ?? all.FirstOrDefault();
        return first is null ? null : new NetworkStats(now, first, all.Remove(first));
    }

    private static CgroupStats Add(CgroupStats sum, ContainerStats container) => new()
    {
        CpuUsageNanoseconds = Add(sum.CpuUsageNanoseconds, container.CpuUsageNanoseconds),
        MemoryUsageBytes = Add(sum.MemoryUsageBytes, container.MemoryUsageBytes),
        MemoryWorkingSetBytes = Add(sum.MemoryWorkingSetBytes, container.MemoryWorkingSetBytes),
        MemoryRssBytes = Add(sum.MemoryRssBytes, container.MemoryRssBytes),
        PageFaults = Add(sum.PageFaults, container.PageFaults),
        MajorPageFaults = Add(sum.MajorPageFaults, container.MajorPageFaults),
        PidsCurrent = Add(sum.PidsCurrent, container.Pids),
    };

    private static ulong? Add(ulong? one, ulong? other) => one is null ? other : one + (other ?? 0);
}
