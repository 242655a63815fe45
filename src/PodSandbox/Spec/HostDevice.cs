using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>A device of the host as a container gets it.</summary>
internal sealed record HostDevice(DeviceSpec Node);
