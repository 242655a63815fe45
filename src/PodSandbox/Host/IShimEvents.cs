using Keelson.Core;
using Keelson.Oci.Shims;

namespace Keelson.Sandboxes.Host;

/// <summary>Who wants to know what happens in the shims.</summary>
internal interface IShimEvents
{
    /// <summary>A process ended. May come twice for one end.</summary>
    void Exited(SandboxId sandbox, ProcessExit exit);

    /// <summary>The shim is gone without having been asked to go.</summary>
    void ShimLost(SandboxId sandbox);
}
