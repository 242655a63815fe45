using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Keelson.Core;

namespace Keelson.Oci.Spec;

/// <summary>Writes an entry as the runtime-spec's <c>NAME=value</c> string.</summary>
internal sealed class EnvironmentEntryConverter : JsonConverter<EnvironmentEntry>
{
    public override EnvironmentEntry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EnvironmentEntry.Parse(reader.GetString() ?? throw new JsonException("an environment entry is null"));

    public override void Write(Utf8JsonWriter writer, EnvironmentEntry value, JsonSerializerOptions options)
    {
        if (!Utf8.IsValid(value.Value.Span))
        {
            // JSON has no bytes; replacing them would silently change what the program sees.
            throw new KeelsonException(
                ErrorKind.InvalidArgument, $"environment variable '{value.Name}': its value is not UTF-8, which config.json cannot carry");
        }

        byte[] text = [.. Encoding.UTF8.GetBytes(value.Name), (byte)'=', .. value.Value.Span];
        writer.WriteStringValue(text);
    }
}
