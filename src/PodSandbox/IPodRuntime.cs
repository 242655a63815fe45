using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.External;

namespace Keelson.Sandboxes;

/// <summary>
/// Sandboxes and containers: what the CRI edge asks for. Lists and statuses come from memory, take no lock that an
/// operation holds, and do no I/O.
/// </summary>
/// <remarks>
/// Operations are jobs: a cancelled token ends the waiting, not the work, and the error then names the stage the work
/// is in and since when. Every operation may end with <see cref="ErrorKind.Unavailable"/> (shim gone),
/// <see cref="ErrorKind.ResourceExhausted"/> and <see cref="ErrorKind.Internal"/>.
/// </remarks>
public interface IPodRuntime
{
    /// <summary>Whether recovery is over; before it every operation fails with Unavailable.</summary>
    bool IsReady { get; }

    /// <summary>The sandbox whose id is, or begins with, <paramref name="idOrPrefix"/>; null when there is none.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: several begin with it.</exception>
    SandboxSnapshot? FindSandbox(string idOrPrefix);

    /// <summary>The container whose id is, or begins with, <paramref name="idOrPrefix"/>; null when there is none.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: several begin with it.</exception>
    ContainerSnapshot? FindContainer(string idOrPrefix);

    /// <summary>Makes a sandbox and returns once it is Ready. A call with the name of a run under way, or of a Ready sandbox with an equal configuration, gets that one.</summary>
    /// <exception cref="KeelsonException">InvalidArgument, AlreadyExists, DeadlineExceeded, Unavailable (network).</exception>
    Task<SandboxId> RunSandboxAsync(SandboxConfig config, CancellationToken cancellationToken);

    /// <summary>Kills the containers, takes the network down and ends pause. Repeatable; an unknown id is no error, and none is NotFound.</summary>
    Task StopSandboxAsync(SandboxId id, CancellationToken cancellationToken);

    /// <summary>Stops what runs and removes the sandbox with its containers. Repeatable; an unknown id is no error.</summary>
    Task RemoveSandboxAsync(SandboxId id, CancellationToken cancellationToken);

    /// <summary>The sandboxes that match, in order of creation.</summary>
    ImmutableArray<SandboxSnapshot> ListSandboxes(SandboxFilter filter);

    /// <summary>One sandbox.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    SandboxSnapshot SandboxStatus(SandboxId id);

    /// <summary>Details for people and tools, as JSON: pid, network namespace, CNI result, resources, configuration. Reads files.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    Task<string> SandboxInfoAsync(SandboxId id, CancellationToken cancellationToken);

    /// <summary>
    /// Records what the pod is entitled to from now on; null leaves the one recorded. Waits for other operations on the
    /// sandbox. Repeatable, and writes to no cgroup: the pod's is the kubelet's.
    /// </summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not ready), InvalidArgument (by the field's name).</exception>
    Task UpdateSandboxResourcesAsync(SandboxId id, LinuxResources? overhead, LinuxResources? resources, CancellationToken cancellationToken);

    /// <summary>Checks and records a container; starts nothing. A call with a name under way or just created gets that one.</summary>
    /// <exception cref="KeelsonException">NotFound (sandbox), FailedPrecondition (sandbox not ready), InvalidArgument, AlreadyExists, KubeletToken, DeadlineExceeded.</exception>
    Task<ContainerId> CreateContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken);

    /// <summary>Launches a created container. After a failed launch it is Exited with code 128.</summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not Created), InvalidArgument (the command or a path of the request), Internal (any other step).</exception>
    Task StartContainerAsync(ContainerId id, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the container to end, kills it after <paramref name="grace"/> (at once when zero), and returns when it has
    /// ended. A second call with a shorter grace shortens the first. Repeatable; an unknown id is no error.
    /// </summary>
    /// <exception cref="KeelsonException">DeadlineExceeded: it did not die of SIGKILL in time; killing goes on.</exception>
    Task StopContainerAsync(ContainerId id, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Kills the container if it runs, and forgets it. Repeatable; an unknown id is no error. The log stays.</summary>
    Task RemoveContainerAsync(ContainerId id, CancellationToken cancellationToken);

    /// <summary>The containers that match, in order of creation.</summary>
    ImmutableArray<ContainerSnapshot> ListContainers(ContainerFilter filter);

    /// <summary>One container.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    ContainerSnapshot ContainerStatus(ContainerId id);

    /// <summary>Details for people and tools, as JSON: pid, sandbox, runtime-spec, launch steps. Reads files.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    Task<string> ContainerInfoAsync(ContainerId id, CancellationToken cancellationToken);

    /// <summary>Applies the values that are not zero or empty: all of them or, on an error, none.</summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (ended), InvalidArgument.</exception>
    Task UpdateResourcesAsync(ContainerId id, LinuxResources resources, CancellationToken cancellationToken);

    /// <summary>Lets the shim open the log path anew. On an error no file was made.</summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not running).</exception>
    Task ReopenLogAsync(ContainerId id, CancellationToken cancellationToken);

    /// <summary>Runs a command in the container and collects its output. A zero timeout means none.</summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not running), DeadlineExceeded (timeout; everything it started is killed).</exception>
    Task<ExecSyncResult> ExecSyncAsync(ContainerId id, ImmutableArray<string> command, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Counters of one container; those of a container that does not run are empty but for the writable layer.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    ContainerStats ContainerStats(ContainerId id);

    /// <summary>Counters of the running containers that match; one that ends meanwhile is left out.</summary>
    ImmutableArray<ContainerStats> ListContainerStats(ContainerFilter filter);

    /// <summary>Counters of one pod, with those of its running containers.</summary>
    /// <exception cref="KeelsonException">NotFound, FailedPrecondition (not ready).</exception>
    SandboxStats SandboxStats(SandboxId id);

    /// <summary>Counters of the ready sandboxes that match; one that ends meanwhile is left out.</summary>
    ImmutableArray<SandboxStats> ListSandboxStats(SandboxFilter filter);

    /// <summary>Whether a CNI configuration is there. Executes nothing.</summary>
    NetworkStatus NetworkStatus();

    /// <summary>The RuntimeClass handlers besides the built-in one, and what each can do; null while it is not known. Executes nothing.</summary>
    ImmutableSortedDictionary<string, OciFeatures?> RuntimeHandlers();

    /// <summary>Takes the pod CIDR that the kubelet announces; handed to plugins that declare <c>ipRanges</c>.</summary>
    void UpdatePodCidr(string podCidr);

    /// <summary>Events from now on. A subscriber that falls too far behind is ended with ResourceExhausted.</summary>
    IAsyncEnumerable<PodEvent> EventsAsync(CancellationToken cancellationToken);
}
