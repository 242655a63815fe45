using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Volumes;

namespace Keelson.Sandboxes.Spec;

/// <summary>All that a container's runtime-spec is made of.</summary>
internal sealed record SpecInputs
{
    public required ContainerConfig Config { get; init; }

    public required SandboxSnapshot Sandbox { get; init; }

    public required ResolvedImage Image { get; init; }

    public required ContainerUser User { get; init; }

    public required LinuxResources Resources { get; init; }

    /// <summary>Holds the files of <see cref="SandboxFiles"/>.</summary>
    public required HostPath PodDirectory { get; init; }

    /// <summary>The pod's /dev/shm.</summary>
    public required HostPath SharedMemory { get; init; }

    public ImmutableSortedDictionary<string, ResolvedImage> VolumeImages { get; init; } = ImmutableSortedDictionary<string, ResolvedImage>.Empty;

    /// <summary>The image's volumes.</summary>
    public ImmutableArray<VolumeMount> Volumes { get; init; } = [];

    /// <summary>Where the overlay of the container's root is assembled; only its name goes into the spec.</summary>
    public required HostPath RootDirectory { get; init; }

    public required ISeccompProfiles Seccomp { get; init; }

    public ImmutableArray<RlimitSpec> Rlimits { get; init; } = [];

    /// <summary>What the container's CDI devices change; null for none.</summary>
    public CdiInjection? Cdi { get; init; }

    public NamespaceOptions Namespaces => Config.Security.Namespaces;

    public bool HostNetwork => Sandbox.Config.Security.Namespaces.Network == NamespaceMode.Node;

    public bool HostIpc => Sandbox.Config.Security.Namespaces.Ipc == NamespaceMode.Node;

    public bool Privileged => Config.Security.Privileged;
}
