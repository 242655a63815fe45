namespace Keelson.Oci.Spec;

/// <summary>CPU limits.</summary>
public sealed record CpuSpec
{
    /// <summary>2 to 262144; cgroup v1's scale.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds per period; -1 means no limit.</summary>
    public long? Quota { get; init; }

    public ulong? Burst { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? Period { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }

    /// <summary>1 puts the group under SCHED_IDLE.</summary>
    public long? Idle { get; init; }
}
