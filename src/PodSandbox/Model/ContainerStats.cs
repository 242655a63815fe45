namespace Keelson.Sandboxes;

/// <summary>Counters of one running container.</summary>
public sealed record ContainerStats : UsageStats
{
    public required ContainerSnapshot Container { get; init; }

    public ulong? SwapAvailableBytes { get; init; }

    public ulong? SwapUsageBytes { get; init; }

    /// <summary>Null until the first background scan.</summary>
    public WritableLayerUsage? WritableLayer { get; init; }
}
