using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>What CreateContainer asks for.</summary>
public sealed record ContainerConfig
{
    public required ContainerMetadata Metadata { get; init; }

    public required ContainerImage Image { get; init; }

    /// <summary>Replaces the image's entry point; empty keeps it.</summary>
    public ImmutableArray<string> Command { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Replaces the image's command; empty keeps it unless <see cref="Command"/> is given.</summary>
    public ImmutableArray<string> Args { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<EnvironmentVariable> Environment { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Empty keeps the image's.</summary>
    public string WorkingDirectory { get => field ?? string.Empty; init; } = string.Empty;

    public ImmutableArray<ContainerMount> Mounts { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<ContainerDevice> Devices { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableSortedDictionary<string, string> Labels { get => field ?? Maps.Empty; init; } = Maps.Empty;

    public ImmutableSortedDictionary<string, string> Annotations { get => field ?? Maps.Empty; init; } = Maps.Empty;

    /// <summary>Relative to the sandbox's log directory; empty for no log.</summary>
    public string LogPath { get => field ?? string.Empty; init; } = string.Empty;

    public bool Stdin { get; init; }

    public bool StdinOnce { get; init; }

    public bool Terminal { get; init; }

    public LinuxResources Resources { get => field ?? LinuxResources.None; init; } = LinuxResources.None;

    public ContainerSecurityContext Security { get => field ?? new(); init; } = new();

    /// <summary>A name such as <c>SIGTERM</c>; empty keeps the image's.</summary>
    public string StopSignal { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Full names, <c>vendor.com/class=name</c>; annotations may ask for more.</summary>
    public ImmutableArray<string> CdiDevices { get => field.IsDefault ? [] : field; init; } = [];
}
