using System.Text.Json.Serialization;

namespace Keelson.Oci.Spec;

/// <summary>A range of a user namespace's id map.</summary>
public sealed record IdMappingSpec(
    [property: JsonPropertyName("containerID")] uint ContainerId,
    [property: JsonPropertyName("hostID")] uint HostId,
    uint Size);
