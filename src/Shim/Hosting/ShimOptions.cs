using Keelson.Oci.Shims.Protocol;

namespace Keelson.Shim.Hosting;

/// <summary>What the daemon tells a shim by its arguments: <c>keelson-shim SANDBOX-ID DIRECTORY</c>.</summary>
internal sealed class ShimOptions(string sandboxId, string directory)
{
    /// <summary>The product version, for people.</summary>
    public const string Build = "0.1.0";

    public string SandboxId { get; } = sandboxId;

    /// <summary>Where the listening socket has its name, for removing it at the end.</summary>
    public string SocketPath { get; } = directory + "/" + ShimProtocol.SocketName;
}
