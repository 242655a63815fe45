using Keelson.Oci.Cgroups;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch;

/// <summary>What an exec takes from the container it runs in, besides its namespaces.</summary>
public sealed record ExecLaunchContext
{
    /// <summary>The container's group.</summary>
    public CgroupPlacement Cgroup { get; init; } = CgroupPlacement.None;

    /// <summary>The container's filter; null for none.</summary>
    public SeccompSpec? Seccomp { get; init; }
}
