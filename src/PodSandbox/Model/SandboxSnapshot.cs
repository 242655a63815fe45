using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// A sandbox as it was at one moment. The same instance is handed out until something changes, so a caller may cache
/// what it derives from it by reference.
/// </summary>
public sealed record SandboxSnapshot(SandboxIdentity Identity, SandboxStatus Status)
{
    public SandboxId Id => Identity.Id;

    public SandboxConfig Config => Identity.Config;

    /// <summary>What the pod takes beside its containers, as it is now; null when nobody said.</summary>
    public LinuxResources? Overhead => Status.Overhead ?? Config.Overhead;

    /// <summary>The sum over the pod's containers, as it is now; null when nobody said.</summary>
    public LinuxResources? Resources => Status.Resources ?? Config.Resources;

    public long CreatedAtNanoseconds => Identity.CreatedAtNanoseconds;

    public SandboxState State => Status.State;

    /// <summary>What the CRI calls SANDBOX_READY.</summary>
    public bool IsReady => Status.State == SandboxState.Ready;
}
