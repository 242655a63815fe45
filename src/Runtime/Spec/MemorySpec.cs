namespace Keelson.Oci.Spec;

/// <summary>Memory limits in bytes; -1 means no limit.</summary>
public sealed record MemorySpec
{
    public long? Limit { get; init; }

    public long? Reservation { get; init; }

    /// <summary>Memory plus swap, as cgroup v1 counts it.</summary>
    public long? Swap { get; init; }

    public ulong? Swappiness { get; init; }

    public bool? CheckBeforeUpdate { get; init; }
}
