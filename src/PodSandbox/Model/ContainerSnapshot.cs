using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// A container as it was at one moment. The same instance is handed out until something changes, so a caller may
/// cache what it derives from it by reference.
/// </summary>
public sealed record ContainerSnapshot(ContainerIdentity Identity, ContainerStatus Status)
{
    public ContainerId Id => Identity.Id;

    public SandboxId SandboxId => Identity.SandboxId;

    public ContainerConfig Config => Identity.Config;

    public long CreatedAtNanoseconds => Identity.CreatedAtNanoseconds;

    public ContainerState State => Status.State;
}
