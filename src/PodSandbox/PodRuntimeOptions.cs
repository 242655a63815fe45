using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes;

/// <summary>Settings of the pod runtime.</summary>
public sealed record PodRuntimeOptions
{
    /// <summary>What survives a reboot, e.g. <c>/var/lib/keelson</c>.</summary>
    public required HostPath Root { get; init; }

    /// <summary>What does not, e.g. <c>/run/keelson</c>.</summary>
    public required HostPath State { get; init; }

    /// <summary>The keelson-shim executable.</summary>
    public required HostPath ShimBinary { get; init; }

    public HostPath CniConfigDirectory { get; init; } = HostPath.Parse("/etc/cni/net.d");

    public ImmutableArray<HostPath> CniPluginDirectories { get; init; } = [HostPath.Parse("/opt/cni/bin"), HostPath.Parse("/usr/lib/cni")];

    public HostPath NetworkNamespaces { get; init; } = HostPath.Parse("/run/netns");

    /// <summary>Directory that relative names of localhost seccomp profiles are looked up in.</summary>
    public HostPath SeccompProfiles { get; init; } = HostPath.Parse("/var/lib/kubelet/seccomp");

    /// <summary>Where specification files of CDI devices are; later ones win, and none turns CDI off.</summary>
    public ImmutableArray<HostPath> CdiSpecDirectories { get; init; } = [HostPath.Parse("/etc/cdi"), HostPath.Parse("/var/run/cdi")];

    /// <summary>cgroup under which pods without a parent of their own go.</summary>
    public string CgroupParent { get; init; } = "/keelson";

    /// <summary>RuntimeClass handlers that are known, besides the empty one.</summary>
    public ImmutableDictionary<string, RuntimeHandler> RuntimeHandlers { get; init; } = ImmutableDictionary<string, RuntimeHandler>.Empty;

    /// <summary>Set in every pod with a network of its own, unless the pod says otherwise.</summary>
    public ImmutableSortedDictionary<string, string> DefaultSysctls { get; init; } = Maps.Of(
    [
        new("net.ipv4.ip_unprivileged_port_start", "0"),
        new("net.ipv4.ping_group_range", "0 2147483647"),
    ]);

    /// <summary>Set in every container and exec; a limit that is not among them is the daemon's own.</summary>
    public ImmutableArray<RlimitSpec> DefaultRlimits { get; init; } = [];

    /// <summary>Size of the pod's /dev/shm.</summary>
    public long SharedMemoryBytes { get; init; } = 64L << 20;

    /// <summary>Longest log line, in bytes, before it is split.</summary>
    public int LogLineLimit { get; init; } = 16 * 1024;

    public TimeSpan CniAddDeadline { get; init; } = TimeSpan.FromMinutes(3);

    public TimeSpan CniDelDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For bringing up a shim, and for each launch.</summary>
    public TimeSpan LaunchDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether the shim of the next pod is started in reserve.</summary>
    public bool SpareShim { get; init; } = true;

    /// <summary>How long after a sandbox has come up the shim of the next one is started in reserve: its containers start first.</summary>
    public TimeSpan SpareShimDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>For taking back a failed operation.</summary>
    public TimeSpan UndoDeadline { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long SIGKILL may take before the caller is told; killing goes on after that.</summary>
    public TimeSpan KillDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For finding a pod's shim again after a restart.</summary>
    public TimeSpan ReconnectDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the writable layers are measured.</summary>
    public TimeSpan WritableLayerInterval { get; init; } = TimeSpan.FromSeconds(30);
}
