using System.Collections.Immutable;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Host;

/// <summary>Compiles what the shim runs.</summary>
internal interface IPlanMaker
{
    CompiledPlan Pause(PauseLaunch launch);

    CompiledPlan Container(ContainerLaunch launch);

    CompiledPlan Exec(ExecLaunch launch);
}

/// <summary>A pod's first process.</summary>
internal sealed record PauseLaunch
{
    public required string Hostname { get; init; }

    /// <summary>Null with the host's network; then the host's UTS namespace stays too.</summary>
    public required string? NetworkNamespace { get; init; }

    public required bool HostIpc { get; init; }

    /// <summary>Whether it has a PID namespace, which containers that ask for the pod's join; else the host's is the pod's.</summary>
    public required bool HasPidNamespace { get; init; }

    /// <summary>Of the IPC and UTS namespaces, names in slash form.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Sysctls { get; init; }

    public required CgroupPlacement Placement { get; init; }
}

/// <summary>A container's first process.</summary>
internal sealed record ContainerLaunch
{
    public required Core.ContainerId Id { get; init; }

    public required RuntimeSpec Spec { get; init; }

    /// <summary>Overlay layers, the topmost first.</summary>
    public required ImmutableArray<Core.HostPath> LowerDirectories { get; init; }

    public required Core.HostPath UpperDirectory { get; init; }

    public required Core.HostPath WorkDirectory { get; init; }

    public required CgroupPlacement Placement { get; init; }

    /// <summary>Namespaces taken over from the process that the launch names as its target.</summary>
    public required ImmutableArray<string> Joined { get; init; }

    /// <summary>That process.</summary>
    public required int TargetPid { get; init; }

    /// <summary>The cgroup, as the hierarchies name it, and its limits; it is there and has them.</summary>
    public required string CgroupPath { get; init; }

    public required ResourcesSpec Resources { get; init; }

    /// <summary>Annotations that the pod's handler may see.</summary>
    public required ImmutableSortedDictionary<string, string> Annotations { get; init; }
}

/// <summary>A command in a running container.</summary>
internal sealed record ExecLaunch
{
    public required Core.ContainerId Id { get; init; }

    public required ProcessSpec Process { get; init; }

    /// <summary>The container's spec: namespaces and filters are those of the container.</summary>
    public required RuntimeSpec Container { get; init; }

    public required CgroupPlacement Placement { get; init; }
}
