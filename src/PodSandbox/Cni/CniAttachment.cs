using System.Collections.Immutable;

namespace Keelson.Sandboxes.Cni;

/// <summary>One pod's connection to the network, with all that a plugin is told of it; kept on disk for DEL.</summary>
internal sealed record CniAttachment
{
    internal const string Interface = "eth0";

    public required string SandboxId { get; init; }

    public required string NetworkNamespace { get; init; }

    public required PodMetadata Pod { get; init; }

    public ImmutableArray<PortMapping> PortMappings { get => field.IsDefault ? [] : field; init; } = [];

    public DnsConfig? Dns { get; init; }

    public ImmutableSortedDictionary<string, string> Annotations { get => field ?? Maps.Empty; init; } = Maps.Empty;

    /// <summary>As the kubelet announced it, one or two separated by a comma; empty when it did not.</summary>
    public string PodCidr { get => field ?? string.Empty; init; } = string.Empty;

    internal static CniAttachment Of(string sandboxId, string networkNamespace, SandboxConfig config, string podCidr) => new()
    {
        SandboxId = sandboxId,
        NetworkNamespace = networkNamespace,
        Pod = config.Metadata,
        PortMappings = config.PortMappings,
        Dns = config.Dns,
        Annotations = config.Annotations,
        PodCidr = podCidr,
    };
}
