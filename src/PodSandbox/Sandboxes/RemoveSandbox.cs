using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>RemovePodSandbox: stops what is not stopped, removes the containers, then the record and the name.</summary>
internal sealed partial class RemoveSandbox(PodContext pod, StopSandbox stopSandbox, RemoveContainer removeContainer)
{
    internal Task RemoveAsync(SandboxId id, CancellationToken cancellationToken) => pod.Sandboxes.Find(id) is { } entry
        ? pod.Work.RunAsync($"remove sandbox {id.Short}", progress => RemoveAsync(entry, progress), cancellationToken)
        : Task.CompletedTask;

    private async Task RemoveAsync(SandboxEntry entry, JobProgress progress)
    {
        progress.Enter("waiting for another operation on the sandbox");
        using KeyedLock<SandboxId>.Releaser held = await pod.SandboxLocks.AcquireAsync(entry.Id, CancellationToken.None);
        if (pod.Sandboxes.Find(entry.Id) is null)
        {
            return;
        }

        await stopSandbox.StopLockedAsync(entry, progress);
        entry.Update(status => status with { State = SandboxState.Removing });
        progress.Enter("remove containers");
        await Task.WhenAll(pod.Containers.Of(entry.Id).Select(container => removeContainer.RemoveAsync(container.Id, CancellationToken.None)));

        progress.Enter("remove record");
        Trash.Discard(pod.Layout.Sandboxes, entry.Directory);
        SandboxConfig config = entry.Snapshot.Config;
        pod.Sandboxes.Forget(entry.Id);
        pod.SandboxNames.Release(config.Metadata.ReservedName, entry.Id);
        LogRemoved(pod.Log, entry.Id.Short, config.Metadata.ReservedName);
        pod.Publish(PodEventKind.Deleted, entry.Snapshot);
    }

    [LoggerMessage(7023, LogLevel.Information, "Sandbox {SandboxId} of pod {Pod} is removed")]
    private static partial void LogRemoved(ILogger log, string sandboxId, string pod);
}
