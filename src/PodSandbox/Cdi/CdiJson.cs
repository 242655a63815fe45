using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keelson.Sandboxes.Cdi;

/// <summary>
/// Reads specification files. What the specification does not know is refused: left out in silence it would be a part
/// of the device that is missing. Numbers may be texts, because YAML's are (<see cref="CdiYaml"/>).
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CdiDocument))]
internal sealed partial class CdiJson : JsonSerializerContext
{
    /// <exception cref="FormatException">It is no specification; the message says where.</exception>
    internal static CdiDocument Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.CdiDocument) ?? throw new FormatException("expected an object");
        }
        catch (JsonException failure)
        {
            // The serializer repeats path, line and column at the end of its message; the path is enough, as YAML's lines are others.
            int details = failure.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            throw new FormatException($"{failure.Path ?? "$"}: {(details < 0 ? failure.Message : failure.Message[..details]).TrimEnd('.')}", failure);
        }
    }
}
