using Keelson.Core;

namespace Keelson.Oci.Shims.Protocol;

/// <summary>The peer sent what the protocol does not allow; the connection is of no further use.</summary>
public sealed class ShimProtocolException(string message) : KeelsonException(ErrorKind.Unavailable, "shim protocol: " + message);
