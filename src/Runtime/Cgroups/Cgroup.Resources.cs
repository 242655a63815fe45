using System.Globalization;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <content>From the runtime-spec's resources to files and values.</content>
internal sealed partial class Cgroup
{
    private IEnumerable<CgroupWrite> Plan(ResourcesSpec resources) =>
    [
        .. resources.Cpu is CpuSpec cpu ? Cpu(cpu) : [],
        .. resources.Memory is MemorySpec memory ? Memory(memory) : [],
        .. resources.Pids is PidsSpec pids ? Pids(pids) : [],
        .. resources.BlockIo?.Weight is ushort weight and > 0 ? BlockIo(weight) : [],
        .. HugePages(resources),
        .. Unified(resources),
    ];

    /// <summary>
    /// Raising goes before lowering wherever two files bound each other. Version 1: memory.limit may never exceed
    /// memory.memsw.limit, so the order depends on the direction.
    /// </summary>
    private static IEnumerable<CgroupWrite> Order(IEnumerable<CgroupWrite> writes)
    {
        List<CgroupWrite> ordered = [.. writes];
        int limit = ordered.FindIndex(write => write.File == "memory.limit_in_bytes");
        int both = ordered.FindIndex(write => write.File == "memory.memsw.limit_in_bytes");
        if (limit >= 0 && both > limit)
        {
            ulong now = CgroupFile.TryReadNumber(ordered[both].Directory, ordered[both].File) ?? ulong.MaxValue;
            bool raises = ordered[limit].Value == "-1" || (ulong.TryParse(ordered[limit].Value, CultureInfo.InvariantCulture, out ulong asked) && asked > now);
            if (raises)
            {
                (ordered[limit], ordered[both]) = (ordered[both], ordered[limit]);
            }
        }

        return ordered;
    }

    private HostPath DirectoryOf(string controller, out bool v2)
    {
        // A controller that no hierarchy has: the file will not be there, and the write says so.
        CgroupHierarchy hierarchy = layout.Of(controller) ?? layout.V2 ?? _hierarchies[0];
        v2 = hierarchy.IsV2;
        return hierarchy.DirectoryOf(Path);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string MaxOr(long value) => value < 0 ? "max" : Text(value);

    private IEnumerable<CgroupWrite> Cpu(CpuSpec cpu)
    {
        HostPath directory = DirectoryOf("cpu", out bool v2);
        if (cpu.Shares is ulong shares and > 0)
        {
            yield return v2
                ? new CgroupWrite(directory, "cpu.weight", Text(CpuWeight.FromShares(shares)))
                : new CgroupWrite(directory, "cpu.shares", Text(shares));
        }

        if (v2 && (cpu.Quota is not null || cpu.Period is > 0))
        {
            string period = cpu.Period is ulong asked and > 0 ? Text(asked) : CgroupFile.TryRead(directory, "cpu.max")?.Split(' ').Last() ?? "100000";
            string quota = cpu.Quota is long set && set != 0 ? set < 0 ? "max" : Text(set) : CgroupFile.TryRead(directory, "cpu.max")?.Split(' ')[0] ?? "max";
            yield return new CgroupWrite(directory, "cpu.max", $"{quota} {period}") { ReadBack = now => now == $"{quota} {period}" };
        }

        if (!v2 && cpu.Period is ulong length and > 0)
        {
            // The kernel checks quota against period at every write: no quota while the period changes.
            yield return new CgroupWrite(directory, "cpu.cfs_quota_us", "-1");
            yield return new CgroupWrite(directory, "cpu.cfs_period_us", Text(length));
        }

        if (!v2 && cpu.Quota is long quotaV1 && quotaV1 != 0)
        {
            yield return new CgroupWrite(directory, "cpu.cfs_quota_us", quotaV1 < 0 ? "-1" : Text(quotaV1)) { ReadBack = now => now == (quotaV1 < 0 ? "-1" : Text(quotaV1)) };
        }

        if (cpu.Burst is ulong burst)
        {
            yield return new CgroupWrite(directory, v2 ? "cpu.max.burst" : "cpu.cfs_burst_us", Text(burst)) { Optional = burst == 0 };
        }

        if (cpu.Idle is long idle)
        {
            yield return new CgroupWrite(directory, "cpu.idle", Text(idle)) { Optional = idle == 0 };
        }

        HostPath sets = DirectoryOf("cpuset", out _);
        if (!string.IsNullOrEmpty(cpu.Cpus))
        {
            yield return new CgroupWrite(sets, "cpuset.cpus", cpu.Cpus);
        }

        if (!string.IsNullOrEmpty(cpu.Mems))
        {
            yield return new CgroupWrite(sets, "cpuset.mems", cpu.Mems);
        }
    }

    private IEnumerable<CgroupWrite> Memory(MemorySpec memory)
    {
        HostPath directory = DirectoryOf("memory", out bool v2);
        if (memory.Limit is long limit && limit != 0)
        {
            // The kernel rounds to pages; a limit below the usage is taken, and reclaim or the OOM killer follow.
            yield return v2
                ? new CgroupWrite(directory, "memory.max", MaxOr(limit))
                : new CgroupWrite(directory, "memory.limit_in_bytes", Text(Math.Max(limit, -1)));
        }

        if (memory.Swap is long swap && swap != 0)
        {
            // Swap accounting may be off; without it there is nothing to limit.
            long only = swap < 0 || memory.Limit is null ? -1 : Math.Max(swap - memory.Limit.Value, 0);
            yield return v2
                ? new CgroupWrite(directory, "memory.swap.max", MaxOr(only)) { Optional = true }
                : new CgroupWrite(directory, "memory.memsw.limit_in_bytes", Text(Math.Max(swap, -1))) { Optional = true };
        }

        if (memory.Reservation is long reservation && reservation != 0)
        {
            yield return v2
                ? new CgroupWrite(directory, "memory.low", MaxOr(reservation))
                : new CgroupWrite(directory, "memory.soft_limit_in_bytes", Text(Math.Max(reservation, -1)));
        }

        if (memory.Swappiness is ulong swappiness && !v2)
        {
            yield return new CgroupWrite(directory, "memory.swappiness", Text(swappiness));
        }
    }

    private IEnumerable<CgroupWrite> Pids(PidsSpec pids)
    {
        if (pids.Limit != 0)
        {
            yield return new CgroupWrite(DirectoryOf("pids", out _), "pids.max", MaxOr(pids.Limit)) { ReadBack = now => now == MaxOr(pids.Limit) };
        }
    }

    private IEnumerable<CgroupWrite> BlockIo(ushort weight)
    {
        HostPath directory = DirectoryOf(layout.Of("blkio") is null ? "io" : "blkio", out bool v2);

        // Which of the two exists depends on the I/O scheduler; both are tuning.
        yield return new CgroupWrite(directory, v2 ? "io.bfq.weight" : "blkio.bfq.weight", Text((long)weight)) { Optional = true };
        yield return v2
            ? new CgroupWrite(directory, "io.weight", Text(1 + ((weight - 10L) * 9999 / 990))) { Optional = true }
            : new CgroupWrite(directory, "blkio.weight", Text((long)weight)) { Optional = true };
    }

    private IEnumerable<CgroupWrite> HugePages(ResourcesSpec resources)
    {
        HostPath directory = DirectoryOf("hugetlb", out bool v2);
        foreach (HugepageLimitSpec page in resources.HugepageLimits)
        {
            // The kubelet sends a limit of 0 for every size it knows; a node without the controller has none to give.
            string limit = v2 ? "max" : "limit_in_bytes";
            yield return new CgroupWrite(directory, $"hugetlb.{page.PageSize}.{limit}", Text(page.Limit)) { Optional = layout.Of("hugetlb") is null };

            // Without it a program gets its mapping and dies of SIGBUS at the first page beyond; with it mmap says no (Linux 5.7).
            yield return new CgroupWrite(directory, $"hugetlb.{page.PageSize}.rsvd.{limit}", Text(page.Limit)) { Optional = true };
        }
    }

    private IEnumerable<CgroupWrite> Unified(ResourcesSpec resources)
    {
        if (resources.Unified is null)
        {
            yield break;
        }

        foreach ((string file, string value) in resources.Unified)
        {
            // Names only: a slash would lead to another group (CVE-2023-6476).
            if (file.Contains('/', StringComparison.Ordinal) || !file.Contains('.', StringComparison.Ordinal) || file.StartsWith("cgroup.", StringComparison.Ordinal))
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"unified cgroup setting '{file}': expected a controller's file name");
            }

            if (layout.Mode != CgroupMode.Unified || layout.V2 is null)
            {
                throw new KeelsonException(ErrorKind.FailedPrecondition, $"unified cgroup setting '{file}': this node runs cgroup v1");
            }

            yield return new CgroupWrite(layout.V2.DirectoryOf(Path), file, value);
        }
    }
}
