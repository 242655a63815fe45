using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;

namespace Keelson.Oci.Launch;

/// <summary>What a sandbox's first process holds for the pod.</summary>
public sealed record PauseLaunchContext
{
    /// <summary>A network namespace made beforehand; null to make one (<see cref="HostNetwork"/> false) or to stay in the host's.</summary>
    public HostPath? NetworkNamespace { get; init; }

    /// <summary>Stays in the host's network namespace.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Stays in the host's IPC namespace.</summary>
    public bool HostIpc { get; init; }

    /// <summary>Stays in the host's UTS namespace; the CRI ties this to the host's network.</summary>
    public bool HostUts { get; init; }

    /// <summary>Is PID 1 of a namespace that the pod's containers share.</summary>
    public bool NewPidNamespace { get; init; }

    /// <summary>Set in the new UTS namespace; null leaves the host's name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Settings of the namespaces made here.</summary>
    public ImmutableSortedDictionary<string, string> Sysctls { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The group the process is put in.</summary>
    public CgroupPlacement Cgroup { get; init; } = CgroupPlacement.None;

    /// <summary>Kept from the OOM killer as far as this process may.</summary>
    public int OomScoreAdj { get; init; } = -998;
}
