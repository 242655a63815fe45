using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace Keelson.CriServer.Commands.Output;

/// <summary>Messages as JSON.</summary>
internal static class JsonText
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    internal static string Of(IMessage message) => Formatter.Format(message);

    /// <summary>A status with its info map, whose values are JSON texts themselves where they can be read as such.</summary>
    internal static string Of(IMessage status, IEnumerable<KeyValuePair<string, string>> info)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WritePropertyName("status"u8);
            WriteValue(json, Formatter.Format(status));
            json.WriteStartObject("info"u8);
            foreach ((string key, string value) in info)
            {
                json.WritePropertyName(key);
                WriteValue(json, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter json, string value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(value);
        }
    }
}
