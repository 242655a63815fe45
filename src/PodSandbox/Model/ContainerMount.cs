using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>One mount of the request.</summary>
public sealed record ContainerMount
{
    public required string ContainerPath { get; init; }

    /// <summary>Empty when <see cref="Image"/> is set.</summary>
    public string HostPath { get => field ?? string.Empty; init; } = string.Empty;

    public bool Readonly { get; init; }

    public bool SelinuxRelabel { get; init; }

    public MountPropagation Propagation { get; init; }

    public ImmutableArray<IdMapping> UidMappings { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<IdMapping> GidMappings { get => field.IsDefault ? [] : field; init; } = [];

    public bool RecursiveReadOnly { get; init; }

    /// <summary>The image that is mounted; null for a path of the host.</summary>
    public ContainerImage? Image { get; init; }

    public string ImageSubPath { get => field ?? string.Empty; init; } = string.Empty;
}
