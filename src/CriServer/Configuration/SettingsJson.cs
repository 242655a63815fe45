using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Keelson.CriServer.Configuration;

/// <summary>The values in force as JSON, for the verbose Status.</summary>
internal static class SettingsJson
{
    internal static string Write(Settings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (SettingValue value in settings.All())
            {
                json.WriteStartObject(string.Join('.', value.Path));
                if (value.Setting.IsList)
                {
                    json.WriteStartArray("value"u8);
                    foreach (string text in value.Texts)
                    {
                        json.WriteStringValue(text);
                    }

                    json.WriteEndArray();
                }
                else
                {
                    json.WriteString("value"u8, value.Text);
                }

                json.WriteString("origin"u8, value.Origin.ToString());
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
