using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims;

namespace Keelson.Sandboxes.Host;

/// <summary>Shims as processes of their own.</summary>
internal sealed class ShimHost(ShimProgram program, StateLayout layout) : IShimHost
{
    public async Task<IShim> StartAsync(SandboxId sandbox, CancellationToken cancellationToken) =>
        await ShimSpawner.SpawnAsync(program, layout.Shim(sandbox), sandbox, cancellationToken);

    public async Task<IShim> ConnectAsync(SandboxId sandbox, CancellationToken cancellationToken) =>
        await ShimClient.ConnectAsync(layout.Shim(sandbox), cancellationToken);

    public void Forget(SandboxId sandbox) => TreeRemoval.Remove(layout.Shim(sandbox));
}
