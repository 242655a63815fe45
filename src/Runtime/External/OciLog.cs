using System.Text.Json;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.External;

/// <summary>What an OCI runtime says about its failure: the last error of its log.</summary>
public static class OciLog
{
    // A runtime writes a line or two, unless it was told to tell all.
    private const int MaxBytes = 64 * 1024;

    /// <summary>The message, or null where there is none to be read.</summary>
    public static string? LastError(HostPath file)
    {
        string? last = null;
        foreach (ReadOnlyMemory<byte> line in Lines(Read(file)))
        {
            try
            {
                using JsonDocument entry = JsonDocument.Parse(line);
                if (entry.RootElement.ValueKind == JsonValueKind.Object && IsError(entry.RootElement)
                    && entry.RootElement.TryGetProperty("msg"u8, out JsonElement message))
                {
                    last = message.GetString()?.TrimEnd();
                }
            }
            catch (JsonException)
            {
                // A line that was cut off, or a runtime that does not keep to the format.
            }
        }

        return last;
    }

    // crun writes "error" as well; runsc names its warnings only.
    private static bool IsError(JsonElement entry) =>
        !entry.TryGetProperty("level"u8, out JsonElement level) || level.GetString() is "error" or "fatal" or "panic";

    private static byte[] Read(HostPath file)
    {
        byte[] text = new byte[MaxBytes];
        int length = PlainFile.TryReadAll(file.Value, text, out _);
        return length > 0 ? text[..length] : [];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] text)
    {
        int start = 0;
        for (int end; start < text.Length; start = end + 1)
        {
            end = Array.IndexOf(text, (byte)'\n', start);
            end = end < 0 ? text.Length : end;
            if (end > start)
            {
                yield return text.AsMemory(start, end - start);
            }
        }
    }
}
