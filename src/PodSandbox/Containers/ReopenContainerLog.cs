using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>ReopenContainerLog: the shim, which owns the file, does it; when the container does not run nothing is touched.</summary>
internal sealed class ReopenContainerLog(PodContext pod)
{
    internal Task ReopenAsync(ContainerId id, CancellationToken cancellationToken)
    {
        ContainerSnapshot container = pod.Containers.Get(id).Snapshot;
        return container.State == ContainerState.Running
            ? pod.Shims.Get(container.SandboxId).ReopenLogAsync(id.Value, cancellationToken)
            : throw new KeelsonException(ErrorKind.FailedPrecondition, $"reopen log of container {id.Short}: it is {container.State}, not Running");
    }
}
