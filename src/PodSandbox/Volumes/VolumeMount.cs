using Keelson.Core;

namespace Keelson.Sandboxes.Volumes;

/// <summary>A volume of the image, as one container has it.</summary>
/// <param name="Destination">Its path in the container.</param>
/// <param name="Directory">What is mounted there; the container's own, and gone with it.</param>
internal sealed record VolumeMount(string Destination, HostPath Directory);
