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

    /// <summary>By content: an update that says what holds already is none. The lists of a record compare by instance.</summary>
    public bool Equals(LinuxResources? other) =>
        other is not null
        && (CpuPeriod, CpuQuota, CpuShares) == (other.CpuPeriod, other.CpuQuota, other.CpuShares)
        && (MemoryLimitBytes, MemorySwapLimitBytes, OomScoreAdj) == (other.MemoryLimitBytes, other.MemorySwapLimitBytes, other.OomScoreAdj)
        && (CpusetCpus, CpusetMems) == (other.CpusetCpus, other.CpusetMems)
        && HugepageLimits.AsSpan().SequenceEqual(other.HugepageLimits.AsSpan())
        && Unified.Count == other.Unified.Count
        && Unified.All(pair => other.Unified.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        CpuPeriod, CpuQuota, CpuShares, MemoryLimitBytes, MemorySwapLimitBytes, CpusetCpus, HugepageLimits.Length, Unified.Count);
}
