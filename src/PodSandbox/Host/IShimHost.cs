using Keelson.Core;
using Keelson.Oci.Shims;

namespace Keelson.Sandboxes.Host;

/// <summary>Starts and finds shims.</summary>
internal interface IShimHost
{
    Task<IShim> StartAsync(SandboxId sandbox, CancellationToken cancellationToken);

    /// <summary>Connects to the shim of a sandbox that an earlier daemon started.</summary>
    /// <exception cref="KeelsonException">Unavailable: it is not there.</exception>
    Task<IShim> ConnectAsync(SandboxId sandbox, CancellationToken cancellationToken);

    /// <summary>Removes the directory of a shim that has ended.</summary>
    void Forget(SandboxId sandbox);
}
