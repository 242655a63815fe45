using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Resource limits as the CRI states them: zero and empty mean "not said".</summary>
public sealed record LinuxResources
{
    /// <summary>Nothing said.</summary>
    public static LinuxResources None { get; } = new();

    /// <summary>Microseconds.</summary>
    public long CpuPeriod { get; init; }

    /// <summary>Microseconds per period; -1 means no limit.</summary>
    public long CpuQuota { get; init; }

    public long CpuShares { get; init; }

    public long MemoryLimitBytes { get; init; }

    public long OomScoreAdj { get; init; }

    public string CpusetCpus { get => field ?? string.Empty; init; } = string.Empty;

    public string CpusetMems { get => field ?? string.Empty; init; } = string.Empty;

    public ImmutableArray<HugepageLimit> HugepageLimits { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>cgroup v2 files and values.</summary>
    public ImmutableSortedDictionary<string, string> Unified { get => field ?? Maps.Empty; init; } = Maps.Empty;

    /// <summary>Memory plus swap.</summary>
    public long MemorySwapLimitBytes { get; init; }
}
