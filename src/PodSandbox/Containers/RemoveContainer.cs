using Keelson.Core;
using Keelson.Oci.Cgroups;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>RemoveContainer: kills it if it runs, then removes what it had. The log stays: it is the kubelet's.</summary>
internal sealed partial class RemoveContainer(PodContext pod, StopContainer stopContainer)
{
    internal Task RemoveAsync(ContainerId id, CancellationToken cancellationToken) => pod.Containers.Find(id) is { } entry
        ? pod.Work.RunAsync($"remove container {id.Short}", progress => RemoveAsync(entry, progress), cancellationToken)
        : Task.CompletedTask;

    private async Task RemoveAsync(ContainerEntry entry, JobProgress progress)
    {
        progress.Enter("stop");
        await stopContainer.StopAsync(entry, TimeSpan.Zero, CancellationToken.None);
        progress.Enter("waiting for another operation on the container");
        using KeyedLock<ContainerId>.Releaser held = await pod.ContainerLocks.AcquireAsync(entry.Id, CancellationToken.None);
        if (pod.Containers.Find(entry.Id) is null)
        {
            return;
        }

        entry.Update(status => status with { State = ContainerState.Removing });
        progress.Enter("remove cgroup");
        SandboxSnapshot? sandbox = pod.Sandboxes.Find(entry.Snapshot.SandboxId)?.Snapshot;
        await RemoveProcessesAsync(entry, sandbox);

        progress.Enter("remove files");
        Trash.Discard(pod.Layout.Containers, entry.Directory);
        pod.Containers.Forget(entry.Id);
        pod.WritableLayers.Forget(entry.Id);
        if (sandbox is not null)
        {
            pod.ContainerNames.Release(entry.Snapshot.Config.Metadata.ReservedNameIn(sandbox.Config.Metadata), entry.Id);
        }

        LogRemoved(pod.Log, entry.Id.Short, entry.Snapshot.Config.Metadata.Name);
        pod.Publish(PodEventKind.Deleted, sandbox, entry.Snapshot);
    }

    private async Task RemoveProcessesAsync(ContainerEntry entry, SandboxSnapshot? sandbox)
    {
        using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
        if (sandbox is not null)
        {
            await pod.OciLeftovers.RemoveAsync(entry.Id, sandbox.Config);
            ICgroup cgroup = pod.CgroupOf(entry.Snapshot.Identity, sandbox.Config);
            if (cgroup.Exists)
            {
                await cgroup.KillAllAsync(deadline.Token);
                await cgroup.DeleteAsync(deadline.Token);
            }
        }

        try
        {
            await (pod.Shims.TryGet(entry.Snapshot.SandboxId)?.ForgetAsync(entry.Id.Value, deadline.Token) ?? Task.CompletedTask);
        }
        catch (KeelsonException)
        {
            // A shim that never knew it, or that is going: nothing to forget.
        }
    }

    [LoggerMessage(7036, LogLevel.Information, "Container {ContainerId} ({Name}) is removed")]
    private static partial void LogRemoved(ILogger log, string containerId, string name);
}
