using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Cgroups;

namespace Keelson.Sandboxes;

/// <summary>Gives back all that a sandbox holds of the kernel and the network. Every step is repeatable.</summary>
internal sealed class ReleaseSandbox(PodContext pod)
{
    /// <summary>Preconditions: the sandbox lock is held, and its containers have ended.</summary>
    internal async Task ReleaseAsync(SandboxSnapshot sandbox, JobProgress progress)
    {
        // The network first needs the namespace, which the pin keeps after pause is gone: both side by side.
        progress.Enter("disconnect network and end pause");
        Task detached = pod.Network.DetachAsync(sandbox.Id.Value);
        Task ended = EndShimAsync(sandbox.Id);
        await Task.WhenAll(detached, ended);

        progress.Enter("remove namespaces, mounts and cgroup");
        if (sandbox.Status.NetworkNamespacePath.Length > 0)
        {
            pod.Host.RemoveNetworkNamespace(sandbox.Status.NetworkNamespacePath);
        }

        RemovePodFiles(pod, sandbox.Id);
        ICgroup cgroup = pod.CgroupOf(sandbox.Identity);
        using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
        if (cgroup.Exists)
        {
            // Whatever a shim that died left behind.
            await cgroup.KillAllAsync(deadline.Token);
            await cgroup.DeleteAsync(deadline.Token);
        }
    }

    internal static void RemovePodFiles(PodContext pod, SandboxId id)
    {
        pod.Host.UnmountSharedMemory(pod.Layout.SharedMemory(id));
        TreeRemoval.Remove(pod.Layout.Pod(id));
    }

    private async Task EndShimAsync(SandboxId sandbox)
    {
        using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
        try
        {
            await pod.Shims.EndAsync(sandbox, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new KeelsonException(
                ErrorKind.DeadlineExceeded, $"shim of sandbox {sandbox.Short}: did not end within {pod.Options.KillDeadline.TotalSeconds:0} s");
        }
    }
}
