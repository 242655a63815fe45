using System.Collections.Immutable;
using Keelson.Oci.Cgroups;

namespace Keelson.Oci.Launch;

/// <summary>What a container's launch needs beyond its runtime-spec.</summary>
public sealed record ContainerLaunchContext
{
    /// <summary>Layers to mount as the root; null to use the directory of <c>Root.Path</c> itself.</summary>
    public OverlayRoot? Overlay { get; init; }

    /// <summary>
    /// Namespace types (<see cref="Spec.NamespaceTypes"/>) taken from the target process that the shim names by pidfd
    /// (<c>LaunchRequest.TargetProcessId</c>: the pod's pause, or a container for a shared pid namespace). They win over
    /// the spec's entries: a pidfd can not be mistaken for another process, a path with a pid can.
    /// </summary>
    public ImmutableArray<string> JoinTarget { get; init; } = [];

    /// <summary>The group the process is put in.</summary>
    public CgroupPlacement Cgroup { get; init; } = CgroupPlacement.None;

    /// <summary>The node's hierarchies; needed when the spec mounts <c>cgroup</c>.</summary>
    public CgroupLayout? CgroupLayout { get; init; }
}
