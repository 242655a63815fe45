using System.Globalization;
using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <content>Reading usage.</content>
internal sealed partial class Cgroup
{
    /// <inheritdoc/>
    public CgroupStats ReadStats()
    {
        CgroupStats stats = new() { CpuUsageNanoseconds = ReadCpu(), PidsCurrent = CgroupFile.TryReadNumber(DirectoryOf("pids", out _), "pids.current") };
        HostPath memory = DirectoryOf("memory", out bool v2);
        string? fields = CgroupFile.TryRead(memory, "memory.stat");
        ulong? usage = CgroupFile.TryReadNumber(memory, v2 ? "memory.current" : "memory.usage_in_bytes");
        if (usage is not ulong used)
        {
            return stats;
        }

        ulong inactive = CgroupFile.Field(fields, v2 ? "inactive_file" : "total_inactive_file") ?? 0;
        ulong workingSet = used > inactive ? used - inactive : 0;
        ulong? limit = CgroupFile.TryReadNumber(memory, v2 ? "memory.max" : "memory.limit_in_bytes");

        // Version 1 spells "no limit" as the largest page-aligned number.
        bool limited = limit is < long.MaxValue - 65535;
        ulong? both = v2 ? null : CgroupFile.TryReadNumber(memory, "memory.memsw.usage_in_bytes");
        return stats with
        {
            MemoryUsageBytes = used,
            MemoryWorkingSetBytes = workingSet,
            MemoryAvailableBytes = limited ? limit!.Value - Math.Min(limit.Value, workingSet) : null,
            MemoryRssBytes = CgroupFile.Field(fields, v2 ? "anon" : "total_rss"),
            PageFaults = CgroupFile.Field(fields, v2 ? "pgfault" : "total_pgfault"),
            MajorPageFaults = CgroupFile.Field(fields, v2 ? "pgmajfault" : "total_pgmajfault"),
            SwapUsageBytes = v2 ? CgroupFile.TryReadNumber(memory, "memory.swap.current") : both is ulong sum ? sum - Math.Min(sum, used) : null,
        };
    }

    /// <inheritdoc/>
    public long ReadOomKills() => OomDirectory is not HostPath directory
        ? 0
        : (long)(CgroupFile.Field(CgroupFile.TryRead(directory, layout.Of("memory")!.IsV2 ? "memory.events" : "memory.oom_control"), "oom_kill") ?? 0);

    private ulong? ReadCpu()
    {
        if (layout.Of("cpuacct") is CgroupHierarchy v1)
        {
            return CgroupFile.TryReadNumber(v1.DirectoryOf(Path), "cpuacct.usage");
        }

        return CgroupFile.Field(CgroupFile.TryRead(DirectoryOf("cpu", out _), "cpu.stat"), "usage_usec") is ulong microseconds ? microseconds * 1000 : null;
    }
}
