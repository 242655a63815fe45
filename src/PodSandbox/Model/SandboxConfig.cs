using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>What RunPodSandbox asks for.</summary>
public sealed record SandboxConfig
{
    public required PodMetadata Metadata { get; init; }

    /// <summary>Empty for the host's.</summary>
    public string Hostname { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Directory of the containers' logs; empty when they have none.</summary>
    public string LogDirectory { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Null copies the host's resolv.conf.</summary>
    public DnsConfig? Dns { get; init; }

    public ImmutableArray<PortMapping> PortMappings { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableSortedDictionary<string, string> Labels { get => field ?? Maps.Empty; init; } = Maps.Empty;

    public ImmutableSortedDictionary<string, string> Annotations { get => field ?? Maps.Empty; init; } = Maps.Empty;

    /// <summary>As the CRI gives it, always in cgroupfs form; empty for ours.</summary>
    public string CgroupParent { get => field ?? string.Empty; init; } = string.Empty;

    public ImmutableSortedDictionary<string, string> Sysctls { get => field ?? Maps.Empty; init; } = Maps.Empty;

    public SandboxSecurityContext Security { get => field ?? new(); init; } = new();

    public LinuxResources? Overhead { get; init; }

    public LinuxResources? Resources { get; init; }

    /// <summary>The handler of the pod's RuntimeClass; empty for the default.</summary>
    public string RuntimeHandler { get => field ?? string.Empty; init; } = string.Empty;
}
