namespace Keelson.Sandboxes;

/// <summary>A device of the host that the container gets.</summary>
/// <param name="ContainerPath">Path in the container.</param>
/// <param name="HostPath">Path on the host: a device, or a directory of devices.</param>
/// <param name="Permissions">Letters of <c>rwm</c>; empty for all.</param>
public sealed record ContainerDevice(string ContainerPath, string HostPath, string Permissions);
