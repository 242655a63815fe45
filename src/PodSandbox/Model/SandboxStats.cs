using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Counters of one ready sandbox with all that runs in it.</summary>
public sealed record SandboxStats : UsageStats
{
    public required SandboxSnapshot Sandbox { get; init; }

    /// <summary>Null with the host's network, whose traffic is not the pod's, and without interfaces.</summary>
    public NetworkStats? Network { get; init; }

    /// <summary>Of the containers that run.</summary>
    public ImmutableArray<ContainerStats> Containers { get; init; } = [];
}
