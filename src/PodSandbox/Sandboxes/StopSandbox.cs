using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>StopPodSandbox: kills the containers, then gives everything back.</summary>
internal sealed partial class StopSandbox(PodContext pod, StopContainer stopContainer)
{
    private readonly ReleaseSandbox _release = new(pod);

    internal Task StopAsync(SandboxId id, CancellationToken cancellationToken) => pod.Sandboxes.Find(id) is { } entry
        ? pod.Work.RunAsync($"stop sandbox {id.Short}", progress => StopAsync(entry, progress), cancellationToken)
        : Task.CompletedTask;

    private async Task StopAsync(SandboxEntry entry, JobProgress progress)
    {
        progress.Enter("waiting for another operation on the sandbox");
        using KeyedLock<SandboxId>.Releaser held = await pod.SandboxLocks.AcquireAsync(entry.Id, CancellationToken.None);
        await StopLockedAsync(entry, progress);
    }

    /// <summary>Preconditions: the sandbox lock is held.</summary>
    internal async Task StopLockedAsync(SandboxEntry entry, JobProgress progress)
    {
        if (entry.Snapshot.Status.Released)
        {
            return;
        }

        // Not ready first, then the list of containers: a start that comes meanwhile either sees the one or is in the other.
        entry.Update(status => status.State == SandboxState.Ready ? status with { State = SandboxState.NotReady } : status);
        progress.Enter("stop containers");
        await Task.WhenAll(pod.Containers.Of(entry.Id).Select(container => stopContainer.StopAsync(container, TimeSpan.Zero, CancellationToken.None)));
        await _release.ReleaseAsync(entry.Snapshot, progress);
        SandboxSnapshot stopped = entry.Update(status => status with { Addresses = [], PausePid = 0, NetworkAttached = false, Released = true });
        LogStopped(pod.Log, entry.Id.Short, stopped.Config.Metadata.ReservedName);
        pod.Publish(PodEventKind.Stopped, stopped);
    }

    [LoggerMessage(7022, LogLevel.Information, "Sandbox {SandboxId} of pod {Pod} is stopped")]
    private static partial void LogStopped(ILogger log, string sandboxId, string pod);
}
