using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>StartContainer: cgroup, plan, launch. A launch that fails leaves the container Exited with code 128.</summary>
internal sealed partial class StartContainer(PodContext pod)
{
    internal const int StartFailedCode = 128;

    internal async Task StartAsync(ContainerId id, CancellationToken cancellationToken)
    {
        ContainerEntry entry = pod.Containers.Get(id);
        RequireStartable(entry.Snapshot.State, id);

        // Not bound to the request: a launch that the caller no longer waits for still has to end in a state.
        Task work = Task.Run(() => StartAsync(entry), CancellationToken.None);
        try
        {
            await work.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !work.IsCompleted)
        {
            throw new KeelsonException(ErrorKind.DeadlineExceeded, $"start container {id.Short}: the request ended during the launch, which goes on");
        }
    }

    private async Task StartAsync(ContainerEntry entry)
    {
        using KeyedLock<ContainerId>.Releaser held = await pod.ContainerLocks.AcquireAsync(entry.Id, CancellationToken.None);
        SandboxSnapshot sandbox = pod.Sandboxes.Get(entry.Snapshot.SandboxId).Snapshot;
        if (!sandbox.IsReady)
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"start container {entry.Id.Short}: sandbox {sandbox.Id.Short} is not ready");
        }

        entry.Update(status =>
        {
            RequireStartable(status.State, entry.Id);
            return status with { State = ContainerState.Starting };
        });
        try
        {
            LaunchOutcome outcome = await LaunchAsync(entry, sandbox);
            ContainerSnapshot started = entry.Update(status => status with
            {
                // A short program may have ended already: its end is then on record and only the beginning is missing.
                State = status.State == ContainerState.Starting ? ContainerState.Running : status.State,
                Pid = status.State == ContainerState.Starting ? outcome.Pid : 0,
                StartedAtNanoseconds = outcome.StartedAtNanoseconds,
                FinishedAtNanoseconds = status.FinishedAtNanoseconds == 0 ? 0 : Math.Max(status.FinishedAtNanoseconds, outcome.StartedAtNanoseconds),
            });
            LogStarted(pod.Log, entry.Id.Short, started.Config.Metadata.Name, outcome.Pid);
            pod.Publish(PodEventKind.Started, sandbox, started);
            pod.Spare.Hasten();
        }
        catch (Exception failure)
        {
            await FailAsync(entry, sandbox, failure);
            string message = $"start container {entry.Id.Short} ({entry.Snapshot.Config.Metadata.Name}): {failure.Message}";
            throw failure is OperationCanceledException
                ? new KeelsonException(ErrorKind.DeadlineExceeded, message, failure)
                : new KeelsonException((failure as KeelsonException)?.Kind ?? ErrorKind.Internal, message, failure);
        }
    }

    private async Task<LaunchOutcome> LaunchAsync(ContainerEntry entry, SandboxSnapshot sandbox)
    {
        ContainerIdentity identity = entry.Snapshot.Identity;
        BuiltSpec built = entry.Spec ??= pod.SpecOf(identity, sandbox, entry.Snapshot.Status.Resources);
        ResourcesSpec limits = ResourcesContributor.Limits(entry.Snapshot.Status.Resources) with { Devices = built.Runtime.Linux!.Resources!.Devices };
        ICgroup cgroup = pod.CgroupOf(identity, sandbox.Config);
        cgroup.Create();
        cgroup.Apply(limits);
        HostPath writable = pod.Layout.Writable(identity.Id);
        string? target = built.Joined.IsEmpty ? null : TargetOf(identity);
        CompiledPlan plan = pod.PlansOf(sandbox.Config).Container(new ContainerLaunch
        {
            Id = identity.Id,
            Spec = built.Runtime,
            Joined = built.Joined,
            LowerDirectories = ImmutableArray.CreateRange(identity.Image.Layers, layer => layer.Directory),
            UpperDirectory = writable.Child("upper"),
            WorkDirectory = writable.Child("work"),
            Placement = cgroup.Placement,
            TargetPid = target is null ? 0 : PidOf(target, sandbox),
            CgroupPath = cgroup.Path.Value,
            Resources = limits,
            Annotations = pod.AnnotationsOf(identity, sandbox.Config),
        });
        using var deadline = new CancellationTokenSource(pod.Options.LaunchDeadline);
        LaunchOutcome outcome = await pod.Shims.Get(identity.SandboxId).LaunchAsync(
            new LaunchRequest
            {
                ProcessId = identity.Id.Value,
                Plan = plan.Image,
                TargetProcessId = target,
                LogPath = identity.LogPath.Length > 0 ? identity.LogPath : null,
                LogLineLimit = pod.Options.LogLineLimit,
                Terminal = !identity.Config.Terminal ? LaunchTerminal.None : plan.TakesTerminalMount ? LaunchTerminal.OfContainer : LaunchTerminal.OfHost,
                Stdin = identity.Config.Stdin,
                OomCgroup = cgroup.OomDirectory?.Value,
                KillCgroup = cgroup.KillDirectory?.Value,
                ExitRecordPath = pod.Layout.ExitRecord(identity.Id).Value,
                PidFile = plan.PidFile,
                StartPlan = plan.StartImage,
            },
            deadline.Token);
        return outcome.Launched
            ? outcome
            : throw LaunchFailure.Of(outcome, plan);
    }

    private string TargetOf(ContainerIdentity identity) =>
        identity.Config.Security.Namespaces is { Pid: NamespaceMode.Target, TargetId: var target }
            ? pod.Containers.FindByPrefix(target) is { Snapshot.State: ContainerState.Running } container
                ? container.Id.Value
                : throw new KeelsonException(ErrorKind.FailedPrecondition, $"PID namespace of container '{target}': it does not run")
            : identity.SandboxId.Value;

    private int PidOf(string target, SandboxSnapshot sandbox) =>
        target == sandbox.Id.Value ? sandbox.Status.PausePid : pod.Containers.FindByPrefix(target)?.Snapshot.Status.Pid ?? 0;

    private async Task FailAsync(ContainerEntry entry, SandboxSnapshot sandbox, Exception failure)
    {
        LogFailed(pod.Log, entry.Id.Short, entry.Snapshot.Config.Metadata.Name, failure.Message);
        long now = pod.Host.Now();
        ContainerSnapshot failed = entry.Update(status => status.State != ContainerState.Starting ? status : status with
        {
            State = ContainerState.Exited,
            ExitCode = StartFailedCode,
            Reason = "StartError",
            Message = failure.Message,
            StartedAtNanoseconds = now,
            FinishedAtNanoseconds = now,
        });
        pod.Publish(PodEventKind.Stopped, sandbox, failed);
        try
        {
            await pod.OciLeftovers.RemoveAsync(entry.Id, sandbox.Config);
            using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
            ICgroup cgroup = pod.CgroupOf(entry.Snapshot.Identity, sandbox.Config);
            await cgroup.KillAllAsync(deadline.Token);
            await cgroup.DeleteAsync(deadline.Token);
        }
        catch (Exception left) when (left is KeelsonException or OperationCanceledException)
        {
            // The removal of the container tries again.
            LogCgroupLeft(pod.Log, entry.Id.Short, left.Message);
        }
    }

    private static void RequireStartable(ContainerState state, ContainerId id)
    {
        if (!ContainerTransitions.CanStart(state))
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"start container {id.Short}: it is {state}, not Created");
        }
    }

    [LoggerMessage(7038, LogLevel.Information, "Container {ContainerId} ({Name}) runs as process {Pid}")]
    private static partial void LogStarted(ILogger log, string containerId, string name, int pid);

    [LoggerMessage(7039, LogLevel.Warning, "Container {ContainerId} ({Name}) did not start: {Reason}")]
    private static partial void LogFailed(ILogger log, string containerId, string name, string reason);

    [LoggerMessage(7040, LogLevel.Warning, "The cgroup of container {ContainerId} stays until its removal: {Reason}")]
    private static partial void LogCgroupLeft(ILogger log, string containerId, string reason);
}
