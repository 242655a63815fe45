using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keelson.Oci.Spec;

/// <summary>Source-generated JSON for the records of this folder.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(ProcessSpec))]
[JsonSerializable(typeof(ResourcesSpec))]
[JsonSerializable(typeof(SeccompSpec))]
public sealed partial class SpecJson : JsonSerializerContext
{
    /// <summary>The spec as config.json.</summary>
    public static byte[] Serialize(RuntimeSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, Default.RuntimeSpec);

    /// <summary>The process alone, as <c>exec --process</c> takes it.</summary>
    public static byte[] Serialize(ProcessSpec process) => JsonSerializer.SerializeToUtf8Bytes(process, Default.ProcessSpec);

    /// <summary>Reads a config.json.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static RuntimeSpec Deserialize(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Default.RuntimeSpec) ?? throw new JsonException("config.json is null");
}
