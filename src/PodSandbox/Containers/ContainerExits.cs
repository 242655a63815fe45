using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.Sandboxes.Host;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>Turns ends of processes into durable statuses. Applying the same end twice changes nothing.</summary>
internal sealed partial class ContainerExits(PodContext pod) : IShimEvents
{
    internal const int UnknownExitCode = 255;

    public void Exited(SandboxId sandbox, ProcessExit exit)
    {
        if (exit.ProcessId == sandbox.Value)
        {
            PauseEnded(sandbox, exit);
        }
        else if (ContainerId.TryParse(exit.ProcessId, out ContainerId id) && pod.Containers.Find(id) is { } entry)
        {
            Apply(entry, exit);
        }
    }

    public void ShimLost(SandboxId sandbox)
    {
        if (pod.Sandboxes.Find(sandbox) is not { } entry)
        {
            return;
        }

        // Without its shim a container's end would never be seen and its output stalls: the pod is over. What still
        // runs of it is killed, so that the kubelet's next one does not run beside it.
        entry.Update(status => status.State == SandboxState.Ready ? status with { State = SandboxState.NotReady } : status);
        foreach (ContainerEntry container in pod.Containers.Of(sandbox).Where(container => ContainerTransitions.MayRun(container.Snapshot.State)))
        {
            _ = Task.Run(() => KillOrphanAsync(container, entry.Snapshot.Config));
        }
    }

    internal void Apply(ContainerEntry entry, ProcessExit exit)
    {
        ContainerSnapshot before = entry.Snapshot;
        ContainerSnapshot after = entry.Update(status => !ContainerTransitions.MayRun(status.State) ? status : status with
        {
            State = ContainerState.Exited,
            ExitCode = exit.ExitCode,
            FinishedAtNanoseconds = Math.Max(exit.FinishedAtNanoseconds, status.StartedAtNanoseconds),
            Reason = exit.OomKilled ? "OOMKilled" : exit.ExitCode == 0 ? "Completed" : "Error",
            Pid = 0,
        });
        if (!ReferenceEquals(before, after) && before.State != after.State)
        {
            Ended(after);
        }
    }

    /// <summary>For a container whose process is gone without a report.</summary>
    internal void ApplyRecordOrUnknown(ContainerEntry entry, string why)
    {
        if (ReadRecord(pod.Layout.ExitRecord(entry.Id).Value) is { } exit)
        {
            Apply(entry, exit);
            return;
        }

        ContainerSnapshot before = entry.Snapshot;
        ContainerSnapshot after = entry.Update(status => !ContainerTransitions.MayRun(status.State) ? status : status with
        {
            State = ContainerState.Exited,
            ExitCode = UnknownExitCode,
            FinishedAtNanoseconds = Math.Max(pod.Host.Now(), status.StartedAtNanoseconds),
            Reason = "Unknown",
            Message = why,
            Pid = 0,
        });
        if (before.State != after.State)
        {
            Ended(after);
        }
    }

    internal ProcessExit? ReadRecord(string path)
    {
        try
        {
            return ExitRecord.TryRead(path);
        }
        catch (KeelsonException failure)
        {
            LogBadRecord(pod.Log, path, failure.Message);
            return null;
        }
    }

    private void PauseEnded(SandboxId id, ProcessExit exit)
    {
        if (pod.Sandboxes.Find(id) is { } entry && entry.Snapshot.IsReady)
        {
            LogPauseEnded(pod.Log, id.Short, exit.ExitCode);
            pod.Publish(PodEventKind.Stopped, entry.Update(status => status with { State = SandboxState.NotReady, PausePid = 0 }));
        }
    }

    private void Ended(ContainerSnapshot container)
    {
        LogEnded(pod.Log, container.Id.Short, container.Config.Metadata.Name, container.Status.ExitCode, container.Status.Reason);
        SandboxSnapshot? sandbox = pod.Sandboxes.Find(container.SandboxId)?.Snapshot;
        pod.Publish(PodEventKind.Stopped, sandbox, container);
        if (sandbox is not null)
        {
            // The kubelet removes the pod's cgroup long before the container: ours must not be in its way.
            _ = Task.Run(() => RemoveCgroupAsync(container, sandbox.Config));
        }
    }

    private async Task RemoveCgroupAsync(ContainerSnapshot container, SandboxConfig sandbox)
    {
        try
        {
            await pod.OciLeftovers.RemoveAsync(container.Id, sandbox);
            ICgroup cgroup = pod.CgroupOf(container.Identity, sandbox);
            using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
            await cgroup.KillAllAsync(deadline.Token);
            await cgroup.DeleteAsync(deadline.Token);
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
        {
            // The removal of the container tries again.
            LogOrphan(pod.Log, container.Id.Short, failure.Message);
        }
    }

    private async Task KillOrphanAsync(ContainerEntry container, SandboxConfig sandbox)
    {
        try
        {
            ICgroup cgroup = pod.CgroupOf(container.Snapshot.Identity, sandbox);
            using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
            await cgroup.KillAllAsync(deadline.Token);
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
        {
            LogOrphan(pod.Log, container.Id.Short, failure.Message);
        }

        ApplyRecordOrUnknown(container, "the shim that ran it is gone");
    }

    [LoggerMessage(7032, LogLevel.Information, "Container {ContainerId} ({Name}) ended with code {ExitCode}: {Reason}")]
    private static partial void LogEnded(ILogger log, string containerId, string name, int exitCode, string reason);

    [LoggerMessage(7033, LogLevel.Warning, "Pause of sandbox {SandboxId} ended by itself with code {ExitCode}; the sandbox is not ready any more")]
    private static partial void LogPauseEnded(ILogger log, string sandboxId, int exitCode);

    [LoggerMessage(7034, LogLevel.Warning, "Exit record {Path} is left aside: {Reason}")]
    private static partial void LogBadRecord(ILogger log, string path, string reason);

    [LoggerMessage(7035, LogLevel.Warning, "Processes of container {ContainerId} may be left: {Reason}")]
    private static partial void LogOrphan(ILogger log, string containerId, string reason);
}
