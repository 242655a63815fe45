using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>A sandbox that was announced and did not become Ready: taken back, or kept where that fails.</summary>
internal sealed partial class UnfinishedSandbox(PodContext pod)
{
    private readonly ReleaseSandbox _release = new(pod);

    /// <summary>What it may hold; all of it follows from its identity.</summary>
    internal SandboxStatus StatusOf(SandboxIdentity sandbox)
    {
        bool hostNetwork = sandbox.Config.Security.Namespaces.Network == NamespaceMode.Node;
        return new SandboxStatus
        {
            State = SandboxState.NotReady,
            NetworkNamespacePath = hostNetwork ? string.Empty : pod.NetworkNamespaces.PathOf(sandbox.Id),
            NetworkAttached = !hostNetwork,
        };
    }

    /// <summary>Makes what is left visible, so that Stop and Remove can finish the work.</summary>
    internal void Keep(SandboxIdentity sandbox)
    {
        try
        {
            if (pod.Sandboxes.FindUnfinished(sandbox.Id) is null)
            {
                pod.Sandboxes.Announce(sandbox);
            }

            pod.Sandboxes.Add(sandbox, StatusOf(sandbox));
            pod.SandboxNames.Hold(sandbox.Config.Metadata.ReservedName, Fingerprint.Of(sandbox.Config), sandbox.Id);
        }
        catch (KeelsonException failure)
        {
            LogCannotKeep(pod.Log, sandbox.Id.Short, failure);
        }
    }

    /// <summary>Gives back whatever a daemon that is gone had made for it.</summary>
    internal async Task TakeBackAsync(SandboxIdentity sandbox)
    {
        try
        {
            await _release.ReleaseAsync(new SandboxSnapshot(sandbox, StatusOf(sandbox)), new JobProgress());
            Trash.Discard(pod.Layout.Sandboxes, pod.Layout.Sandbox(sandbox.Id));
            LogTakenBack(pod.Log, sandbox.Id.Short, sandbox.Config.Metadata.ReservedName);
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            LogKept(pod.Log, sandbox.Id.Short, sandbox.Config.Metadata.ReservedName, failure.Message);
            Keep(sandbox);
        }
    }

    [LoggerMessage(7021, LogLevel.Error, "What is left of sandbox {SandboxId} could not be recorded; the next start takes it back")]
    private static partial void LogCannotKeep(ILogger log, string sandboxId, Exception failure);

    [LoggerMessage(7024, LogLevel.Information, "Took back sandbox {SandboxId} of pod {Pod}, the start of which was cut short")]
    private static partial void LogTakenBack(ILogger log, string sandboxId, string pod);

    [LoggerMessage(7025, LogLevel.Warning, "Sandbox {SandboxId} of pod {Pod}, the start of which was cut short, stays until it is removed: {Reason}")]
    private static partial void LogKept(ILogger log, string sandboxId, string pod, string reason);
}
