using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Sandboxes.Cdi;

namespace Keelson.Sandboxes;

/// <summary>What never changes about a container.</summary>
public sealed record ContainerIdentity
{
    public required ContainerId Id { get; init; }

    public required SandboxId SandboxId { get; init; }

    /// <summary>What was asked for.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>What the image was at creation; kept, because a tag may move.</summary>
    public required ResolvedImage Image { get; init; }

    /// <summary>Images of image mounts, by the reference used there.</summary>
    public ImmutableSortedDictionary<string, ResolvedImage> VolumeImages { get => field ?? ImmutableSortedDictionary<string, ResolvedImage>.Empty; init; } =
        ImmutableSortedDictionary<string, ResolvedImage>.Empty;

    /// <summary>Where the image's volumes are in the container.</summary>
    public ImmutableArray<string> Volumes { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>What its CDI devices were at creation; null without any.</summary>
    public CdiInjection? Cdi { get; init; }

    /// <summary>Unix time.</summary>
    public required long CreatedAtNanoseconds { get; init; }

    /// <summary>The boot it was made in.</summary>
    public required string BootId { get; init; }

    /// <summary>Absolute, sandbox.LogDirectory + "/" + LogPath; empty without a log.</summary>
    public required string LogPath { get; init; }

    /// <summary>The user that the configuration and the image's files came to.</summary>
    public required ContainerUser User { get; init; }

    /// <summary>The signal a stop begins with: the request's, else the image's, else SIGTERM.</summary>
    public required string StopSignal { get; init; }
}
