namespace Keelson.Sandboxes;

/// <summary>Counters of processes that are counted together. Null means that the node has no such counter.</summary>
public abstract record UsageStats
{
    /// <summary>When the cgroup counters were read, Unix time.</summary>
    public required long TimestampNanoseconds { get; init; }

    public ulong? CpuUsageNanoseconds { get; init; }

    /// <summary>Rate over the time since the previous reading; null at the first one.</summary>
    public ulong? CpuUsageNanoCores { get; init; }

    /// <summary>Usage less inactive file pages: what eviction looks at.</summary>
    public ulong? MemoryWorkingSetBytes { get; init; }

    /// <summary>Limit less working set; null without a limit.</summary>
    public ulong? MemoryAvailableBytes { get; init; }

    public ulong? MemoryUsageBytes { get; init; }

    public ulong? MemoryRssBytes { get; init; }

    public ulong? PageFaults { get; init; }

    public ulong? MajorPageFaults { get; init; }

    public ulong? Pids { get; init; }

    /// <summary>Whether anything was counted; what has ended meanwhile has no counters any more.</summary>
    public bool IsCounted => CpuUsageNanoseconds is not null || MemoryUsageBytes is not null;
}
