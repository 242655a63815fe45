using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.Sandboxes.Cni;
using Keelson.Sandboxes.Host;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>
/// RunPodSandbox. Steps, of which 2 to 4 run side by side:
/// <list type="number">
/// <item>identity, from which a start after a crash knows what to take back, and files of the sandbox;</item>
/// <item>network namespace, then CNI ADD;</item>
/// <item>shim, which is often there already (<see cref="SpareShim"/>);</item>
/// <item>cgroup and /dev/shm;</item>
/// <item>pause, as soon as shim and namespace are there;</item>
/// <item>the record: from here on the sandbox is visible, and Ready.</item>
/// </list>
/// </summary>
internal sealed partial class RunSandbox(PodContext pod)
{
    private readonly UnfinishedSandbox _unfinished = new(pod);

    internal Task<SandboxId> RunAsync(SandboxConfig config, CancellationToken cancellationToken)
    {
        SandboxRules.Check(config, pod.Options);
        SandboxSysctls sysctls = SysctlRules.Sort(config, pod.Options.DefaultSysctls);
        return pod.SandboxNames.RunAsync(
            config.Metadata.ReservedName,
            Fingerprint.Of(config),
            reusable: id => pod.Sandboxes.Find(id) is { Snapshot.IsReady: true },
            progress => MakeAsync(config, sysctls, progress),
            cancellationToken);
    }

    private async Task<SandboxId> MakeAsync(SandboxConfig config, SandboxSysctls sysctls, JobProgress progress)
    {
        var identity = new SandboxIdentity(pod.Spare.TakeId(), config, pod.Host.Now(), pod.Host.BootId);
        await using var undo = new UndoStack(pod.Log, pod.Options.UndoDeadline);
        try
        {
            SandboxStatus status = await AcquireAsync(identity, sysctls, undo, progress);

            // Step 6.
            progress.Enter("record");
            SandboxSnapshot sandbox = pod.Sandboxes.Add(identity, status).Snapshot;
            undo.Commit();
            LogRunning(pod.Log, identity.Id.Short, config.Metadata.ReservedName, status.Addresses.FirstOrDefault(string.Empty));
            pod.Publish(PodEventKind.Created, sandbox);
            pod.Publish(PodEventKind.Started, sandbox);
            return identity.Id;
        }
        catch (Exception failure)
        {
            ImmutableArray<string> left = await undo.RunAsync();
            if (!left.IsEmpty)
            {
                _unfinished.Keep(identity);
            }

            string message = $"run sandbox '{config.Metadata.ReservedName}': {progress.Current}: {failure.Message}"
                + (left.IsEmpty ? string.Empty : $"; what could not be taken back stays with sandbox {identity.Id.Short}: {string.Join("; ", left)}");
            throw failure is OperationCanceledException
                ? new KeelsonException(ErrorKind.DeadlineExceeded, message, failure)
                : new KeelsonException((failure as KeelsonException)?.Kind ?? ErrorKind.Internal, message, failure);
        }
        finally
        {
            pod.Spare.Refill();
        }
    }

    private async Task<SandboxStatus> AcquireAsync(SandboxIdentity identity, SandboxSysctls sysctls, UndoStack undo, JobProgress progress)
    {
        SandboxId id = identity.Id;
        SandboxStatus status = _unfinished.StatusOf(identity);
        string namespacePath = status.NetworkNamespacePath;
        bool hostNetwork = namespacePath.Length == 0;
        using var deadline = new CancellationTokenSource(pod.Options.LaunchDeadline);

        // Step 1.
        progress.Enter("files");
        HostPath directory = pod.Layout.Sandbox(id);
        undo.Add("remove sandbox directory", () => TreeRemoval.Remove(directory));
        pod.Sandboxes.Announce(identity);
        undo.Add("remove the pod's files", () => ReleaseSandbox.RemovePodFiles(pod, id));
        SandboxFiles.Write(pod.Layout.Pod(id), identity.Config);

        // Undone after the shim has ended: a cgroup with a process in it stays.
        ICgroup cgroup = pod.CgroupOf(identity);
        undo.Add("remove cgroup", cgroup.DeleteAsync);

        // Steps 2 and 3 begin. Each undo waits for its step first: it may still be on its way when another one fails.
        progress.Enter("shim and network namespace");
        Task<IShim> shim = pod.Shims.StartAsync(id, deadline.Token);
        undo.Add("end shim", async token =>
        {
            await Settle(shim);
            await pod.Shims.EndAsync(id, token);
        });
        Task made = hostNetwork ? Task.CompletedTask : pod.Host.CreateNetworkNamespaceAsync(namespacePath, sysctls.Network);
        undo.Add("remove network namespace", async _ =>
        {
            await Settle(made);
            if (!hostNetwork)
            {
                pod.Host.RemoveNetworkNamespace(namespacePath);
            }
        });

        // Step 4.
        cgroup.Create();
        if (identity.Config.Security.Namespaces.Ipc != NamespaceMode.Node)
        {
            pod.Host.MountSharedMemory(pod.Layout.SharedMemory(id), pod.Options.SharedMemoryBytes);
        }

        await made;

        // Step 2, second half.
        Task<ImmutableArray<string>> attached = Task.FromResult(ImmutableArray<string>.Empty);
        if (!hostNetwork)
        {
            attached = pod.Network.AttachAsync(CniAttachment.Of(id.Value, namespacePath, identity.Config, pod.PodCidr));
            undo.Add("disconnect network", async _ =>
            {
                await Settle(attached);
                await pod.Network.DetachAsync(id.Value);
            });
        }

        // Step 5.
        progress.Enter("shim");
        await shim;
        progress.Enter("pause");
        int pid = await LaunchPauseAsync(identity, namespacePath, sysctls, cgroup, await shim, deadline.Token);
        progress.Enter("network");
        return status with { State = SandboxState.Ready, Addresses = await attached, PausePid = pid };
    }

    private async Task<int> LaunchPauseAsync(
        SandboxIdentity identity, string namespacePath, SandboxSysctls sysctls, ICgroup cgroup, IShim shim, CancellationToken cancellationToken)
    {
        NamespaceOptions namespaces = identity.Config.Security.Namespaces;
        CompiledPlan plan = pod.Plans.Pause(new PauseLaunch
        {
            Hostname = identity.Config.Hostname,
            NetworkNamespace = namespacePath.Length == 0 ? null : namespacePath,
            HostIpc = namespaces.Ipc == NamespaceMode.Node,
            HasPidNamespace = namespaces.Pid != NamespaceMode.Node,
            Sysctls = sysctls.Pause,
            Placement = cgroup.Placement,
        });
        LaunchOutcome outcome = await shim.LaunchAsync(
            new LaunchRequest
            {
                ProcessId = identity.Id.Value,
                Plan = plan.Image,
                KillCgroup = cgroup.KillDirectory?.Value,
                ExitRecordPath = pod.Layout.PauseExitRecord(identity.Id).Value,
            },
            cancellationToken);
        return outcome.Launched
            ? outcome.Pid
            : throw LaunchFailure.Of(outcome, plan);
    }

    private static Task Settle(Task task) => task.ContinueWith(
        static finished => _ = finished.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
