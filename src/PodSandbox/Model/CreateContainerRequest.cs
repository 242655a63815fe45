using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>A container to create.</summary>
public sealed record CreateContainerRequest
{
    public required SandboxId SandboxId { get; init; }

    public required ContainerConfig Config { get; init; }

    public required ResolvedImage Image { get; init; }

    /// <summary>Images of <see cref="ContainerMount.Image"/> mounts, by the reference used there.</summary>
    public ImmutableDictionary<string, ResolvedImage> VolumeImages { get; init; } = ImmutableDictionary<string, ResolvedImage>.Empty;

    /// <summary>
    /// What keeps the images' layers from being removed meanwhile. The runtime takes it over and disposes it in every
    /// outcome: once the container's record, which keeps them from then on, is on disk, or the creation has failed.
    /// </summary>
    public IDisposable? Lease { get; init; }
}
