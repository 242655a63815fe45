namespace Keelson.Sandboxes;

/// <summary>A port of the host that leads into the pod.</summary>
/// <param name="Protocol">Transport protocol.</param>
/// <param name="ContainerPort">Port in the pod's network namespace.</param>
/// <param name="HostPort">Port on the host; 0 or less asks for none.</param>
/// <param name="HostIp">Address on the host; empty for all.</param>
public sealed record PortMapping(PortProtocol Protocol, int ContainerPort, int HostPort, string HostIp);
