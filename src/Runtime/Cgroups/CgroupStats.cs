namespace Keelson.Oci.Cgroups;

/// <summary>What a group has used; null where the node lacks the controller.</summary>
public sealed record CgroupStats
{
    /// <summary>CPU time since the group was made.</summary>
    public ulong? CpuUsageNanoseconds { get; init; }

    /// <summary>Memory charged, page cache included.</summary>
    public ulong? MemoryUsageBytes { get; init; }

    /// <summary>Usage less inactive file pages: what eviction decides by.</summary>
    public ulong? MemoryWorkingSetBytes { get; init; }

    /// <summary>The limit less the working set; null without a limit.</summary>
    public ulong? MemoryAvailableBytes { get; init; }

    public ulong? MemoryRssBytes { get; init; }

    public ulong? PageFaults { get; init; }

    public ulong? MajorPageFaults { get; init; }

    public ulong? SwapUsageBytes { get; init; }

    public ulong? PidsCurrent { get; init; }
}
