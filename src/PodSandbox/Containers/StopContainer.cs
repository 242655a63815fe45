using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.Oci.Signals;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>StopContainer: the stop signal, the grace, then SIGKILL to everything in the container.</summary>
internal sealed partial class StopContainer(PodContext pod, ContainerExits exits)
{
    private const int Kill = 9;

    internal Task StopAsync(ContainerId id, TimeSpan grace, CancellationToken cancellationToken) =>
        pod.Containers.Find(id) is { } entry ? StopAsync(entry, grace, cancellationToken) : Task.CompletedTask;

    internal async Task StopAsync(ContainerEntry entry, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!ContainerTransitions.MayRun(entry.Snapshot.State))
        {
            return;
        }

        ContainerStop stop = entry.JoinStop(grace, made => Task.Run(() => WorkAsync(entry, made, grace)));
        try
        {
            await stop.Work!.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new KeelsonException(
                ErrorKind.DeadlineExceeded, $"stop container {entry.Id.Short}: the request ended before the container; stopping goes on");
        }
    }

    private async Task WorkAsync(ContainerEntry entry, ContainerStop stop, TimeSpan grace)
    {
        // A start under way is waited for: what it launches must not outlive the stop.
        (await pod.ContainerLocks.AcquireAsync(entry.Id, CancellationToken.None)).Dispose();
        if (!ContainerTransitions.MayRun(entry.Snapshot.State))
        {
            return;
        }

        if (grace > TimeSpan.Zero)
        {
            await SignalAsync(entry, SignalTable.Parse(entry.Snapshot.Identity.StopSignal), everyone: false);
            if (await stop.WaitAsync(entry.Ended))
            {
                return;
            }
        }

        LogKilling(pod.Log, entry.Id.Short, grace.TotalSeconds);
        await SignalAsync(entry, Kill, everyone: true);
        if (await new ContainerStop(pod.Options.KillDeadline).WaitAsync(entry.Ended))
        {
            return;
        }

        // A task in an uninterruptible call dies when the call returns: say so now, and go on.
        _ = Task.Run(() => KeepKillingAsync(entry));
        throw new KeelsonException(
            ErrorKind.DeadlineExceeded,
            $"stop container {entry.Id.Short}: process {entry.Snapshot.Status.Pid} is still there {pod.Options.KillDeadline.TotalSeconds:0} s after SIGKILL");
    }

    private async Task KeepKillingAsync(ContainerEntry entry)
    {
        for (var pause = TimeSpan.FromSeconds(1); !entry.Ended.IsCompleted; pause = pause < TimeSpan.FromMinutes(1) ? pause * 2 : pause)
        {
            await Task.WhenAny(entry.Ended, Task.Delay(pause));
            try
            {
                await SignalAsync(entry, Kill, everyone: true);
            }
            catch (KeelsonException failure)
            {
                LogCannotKill(pod.Log, entry.Id.Short, failure.Message);
            }
        }
    }

    private async Task SignalAsync(ContainerEntry entry, int signal, bool everyone)
    {
        IShim? shim = pod.Shims.TryGet(entry.Snapshot.SandboxId);
        if (shim is null)
        {
            await KillWithoutShimAsync(entry);
            return;
        }

        using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
        if (!await TrySendAsync(shim, entry.Id, signal, everyone, deadline.Token) && !await new ContainerStop(TimeSpan.FromSeconds(2)).WaitAsync(entry.Ended))
        {
            // The shim says it has ended, yet the end has not come through: read it from the record.
            exits.ApplyRecordOrUnknown(entry, "the end of the process was not reported");
        }
    }

    /// <summary>False: it has ended, or the shim does not know it (any more).</summary>
    private static async Task<bool> TrySendAsync(IShim shim, ContainerId id, int signal, bool everyone, CancellationToken cancellationToken)
    {
        try
        {
            return await shim.SignalAsync(id.Value, signal, everyone, cancellationToken);
        }
        catch (KeelsonException unknown) when (unknown.Kind == ErrorKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>Nobody is there to send a polite signal: the processes are found by their cgroup and killed.</summary>
    private async Task KillWithoutShimAsync(ContainerEntry entry)
    {
        if (pod.Sandboxes.Find(entry.Snapshot.SandboxId) is { } sandbox)
        {
            ICgroup cgroup = pod.CgroupOf(entry.Snapshot.Identity, sandbox.Snapshot.Config);
            using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
            await cgroup.KillAllAsync(deadline.Token);
        }

        exits.ApplyRecordOrUnknown(entry, "the shim that ran it is gone");
    }

    [LoggerMessage(7030, LogLevel.Information, "Killing container {ContainerId} after {GraceSeconds} s of grace")]
    private static partial void LogKilling(ILogger log, string containerId, double graceSeconds);

    [LoggerMessage(7031, LogLevel.Warning, "Cannot kill container {ContainerId}: {Reason}")]
    private static partial void LogCannotKill(ILogger log, string containerId, string reason);
}
