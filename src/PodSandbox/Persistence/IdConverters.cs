using System.Text.Json;
using System.Text.Json.Serialization;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>Writes an identifier as its text.</summary>
internal sealed class SandboxIdConverter : JsonConverter<SandboxId>
{
    public override SandboxId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SandboxId.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, SandboxId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>Writes an identifier as its text.</summary>
internal sealed class ContainerIdConverter : JsonConverter<ContainerId>
{
    public override ContainerId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ContainerId.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, ContainerId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>Writes a digest as its text.</summary>
internal sealed class DigestConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>Writes a path as its text.</summary>
internal sealed class HostPathConverter : JsonConverter<HostPath>
{
    public override HostPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HostPath.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, HostPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
