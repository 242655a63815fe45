using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting.Logging;

/// <summary>Writes one event as one line.</summary>
internal static class LogFormat
{
    private const string OriginalFormat = "{OriginalFormat}";

    /// <summary>RFC 3339 with microseconds.</summary>
    private const string Time = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    internal static string Text(in LogLine line)
    {
        var text = new StringBuilder(128);
        text.Append(line.Time.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture));
        text.Append(' ').Append(Name(line.Level)).Append(' ').Append(line.Category).Append(": ");
        AppendOnOneLine(text, line.Message);
        if (line.Exception is { } exception)
        {
            text.Append(" | ");
            AppendOnOneLine(text, exception.ToString());
        }

        return text.Append('\n').ToString();
    }

    internal static byte[] Json(in LogLine line)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, line.Time.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture));
            json.WriteString("level"u8, Name(line.Level));
            json.WriteString("category"u8, line.Category);
            json.WriteNumber("event"u8, line.EventId);
            json.WriteString("message"u8, line.Message);
            foreach ((string key, object? value) in line.Fields)
            {
                if (key != OriginalFormat)
                {
                    json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                }
            }

            if (line.Exception is { } exception)
            {
                json.WriteString("exception"u8, exception.ToString());
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>Names and messages come from clients and registries: a line break in one must not forge a line.</summary>
    private static void AppendOnOneLine(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            switch (c)
            {
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case var control when char.IsControl(control):
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
    }
}
