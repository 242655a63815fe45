using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Cgroups;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Recovery;

/// <summary>Removes what is ours by its name and belongs to no record: left by a crash between acquiring and recording.</summary>
internal sealed partial class Sweep(PodContext pod)
{
    internal async Task RunAsync()
    {
        HalfWrittenFiles();
        await ShimsAsync();
        Namespaces();
        PodFiles();
        await AttachmentsAsync();
        await OrphanContainersAsync();
    }

    /// <summary>A kill between writing and renaming leaves a temporary file; nobody writes while we recover.</summary>
    private void HalfWrittenFiles()
    {
        foreach (string path in Directory.EnumerateFiles(pod.Layout.CniCache.Value, "*" + WholeFile.TemporarySuffix))
        {
            Try($"half-written file {path}", () => File.Delete(path));
        }
    }

    private async Task ShimsAsync()
    {
        foreach (string path in Directory.EnumerateDirectories(pod.Layout.Shims.Value))
        {
            if (SandboxId.TryParse(Path.GetFileName(path), out SandboxId id) && pod.Sandboxes.Find(id) is null)
            {
                await TryAsync($"shim {path}", async () =>
                {
                    using var deadline = new CancellationTokenSource(pod.Options.ReconnectDeadline);
                    await pod.Shims.EndAsync(id, deadline.Token);
                    ICgroup cgroup = pod.Cgroups.Get(CgroupPath.Parse(pod.Options.CgroupParent).Child(id.Value));
                    if (cgroup.Exists)
                    {
                        await cgroup.KillAllAsync(deadline.Token);
                        await cgroup.DeleteAsync(deadline.Token);
                    }
                });
            }
        }
    }

    private void Namespaces()
    {
        var known = pod.Sandboxes.All.Select(sandbox => sandbox.Status.NetworkNamespacePath).ToHashSet(StringComparer.Ordinal);
        foreach (string path in pod.NetworkNamespaces.Pinned().Where(path => !known.Contains(path)))
        {
            Try($"network namespace {path}", () => pod.Host.RemoveNetworkNamespace(path));
        }
    }

    private void PodFiles()
    {
        foreach (string path in Directory.EnumerateDirectories(pod.Layout.Pods.Value))
        {
            if (SandboxId.TryParse(Path.GetFileName(path), out SandboxId id) && pod.Sandboxes.Find(id) is null)
            {
                Try($"files of a pod {path}", () => ReleaseSandbox.RemovePodFiles(pod, id));
            }
        }
    }

    private async Task AttachmentsAsync()
    {
        foreach (string recorded in pod.Network.Recorded())
        {
            if (SandboxId.TryParse(recorded, out SandboxId id) && pod.Sandboxes.Find(id) is null)
            {
                await TryAsync($"network attachment of {id.Short}", () => pod.Network.DetachAsync(recorded));
            }
        }
    }

    /// <summary>A container whose sandbox has no record any more can never run again.</summary>
    private async Task OrphanContainersAsync()
    {
        foreach (ContainerSnapshot container in pod.Containers.All.Where(container => pod.Sandboxes.Find(container.SandboxId) is null))
        {
            await TryAsync($"container {container.Id.Short}", () =>
            {
                Trash.Discard(pod.Layout.Containers, pod.Layout.Container(container.Id));
                pod.Containers.Forget(container.Id);
                return Task.CompletedTask;
            });
        }
    }

    private void Try(string what, Action remove)
    {
        try
        {
            remove();
            LogSwept(pod.Log, what);
        }
        catch (Exception failure) when (failure is KeelsonException or IOException or UnauthorizedAccessException)
        {
            LogNotSwept(pod.Log, what, failure.Message);
        }
    }

    private async Task TryAsync(string what, Func<Task> remove)
    {
        try
        {
            await remove();
            LogSwept(pod.Log, what);
        }
        catch (Exception failure) when (failure is KeelsonException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            LogNotSwept(pod.Log, what, failure.Message);
        }
    }

    [LoggerMessage(7054, LogLevel.Information, "Removed {Leftover}, which belonged to no record")]
    private static partial void LogSwept(ILogger log, string leftover);

    [LoggerMessage(7055, LogLevel.Warning, "Could not remove {Leftover}, which belongs to no record: {Reason}")]
    private static partial void LogNotSwept(ILogger log, string leftover, string reason);
}
