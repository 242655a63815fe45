using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>
/// UpdatePodSandboxResources: keeps what the pod is now entitled to. It is told after the kubelet has changed the pod's
/// cgroup, which is the kubelet's alone, and a sandbox's own group has no limits: nothing is written to a cgroup. A
/// handler that runs pods in virtual machines would resize the machine here.
/// </summary>
internal sealed partial class UpdateSandbox(PodContext pod)
{
    /// <param name="id">Which sandbox.</param>
    /// <param name="overhead">Takes the place of the recorded one as a whole; null leaves that as it is.</param>
    /// <param name="resources">As <paramref name="overhead"/>: the new sum over the containers.</param>
    /// <param name="cancellationToken">Ends the waiting for another operation on the sandbox.</param>
    internal async Task UpdateAsync(SandboxId id, LinuxResources? overhead, LinuxResources? resources, CancellationToken cancellationToken)
    {
        PodResourceRules.Check(nameof(overhead), overhead);
        PodResourceRules.Check(nameof(resources), resources);
        using KeyedLock<SandboxId>.Releaser held = await pod.SandboxLocks.AcquireAsync(id, cancellationToken);

        // Looked up under the lock: a removal that was waited for leaves nothing to update.
        SandboxEntry entry = pod.Sandboxes.Get(id);
        SandboxSnapshot before = entry.Snapshot;
        SandboxSnapshot after = entry.Update(status => status.State == SandboxState.Ready
            ? status with { Overhead = overhead ?? status.Overhead, Resources = resources ?? status.Resources }
            : throw new KeelsonException(ErrorKind.FailedPrecondition, $"update sandbox {id.Short}: it is {status.State}"));
        if (!ReferenceEquals(before, after))
        {
            LogUpdated(pod.Log, id.Short, after.Config.Metadata.ReservedName);
        }
    }

    [LoggerMessage(7026, LogLevel.Information, "Resources of sandbox {SandboxId} of pod {Pod} have changed")]
    private static partial void LogUpdated(ILogger log, string sandboxId, string pod);
}
