using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keelson.Sandboxes.Cdi;

/// <summary>
/// YAML as the JSON it stands for. Which type a plain scalar has is decided by the member it goes to, so each is written
/// as text; only null is known here, and whole numbers that are not written in base ten.
/// </summary>
internal static class CdiYaml
{
    /// <summary>References to one node may multiply what a small file holds.</summary>
    private const int MaxJsonBytes = 2 * CdiFileReader.MaxBytes;

    /// <exception cref="FormatException">It is not YAML, or YAML that JSON can't say.</exception>
    internal static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new ShallowParser(new Parser(new StringReader(Encoding.UTF8.GetString(text)))));
        }
        catch (YamlException failure)
        {
            throw new FormatException($"line {failure.Start.Line}: {failure.Message}", failure);
        }

        if (stream.Documents.Count != 1)
        {
            throw new FormatException($"expected one document, not {stream.Documents.Count}");
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(stream.Documents[0].RootNode, json, 0);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(YamlNode node, Utf8JsonWriter json, int depth)
    {
        // Nodes may refer to each other, even in a circle.
        if (depth > ShallowParser.MaxDepth || json.BytesCommitted + json.BytesPending > MaxJsonBytes)
        {
            throw new FormatException($"line {node.Start.Line}: too deep or too large");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                json.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    json.WritePropertyName(key is YamlScalarNode { Value: { } name } ? name : throw new FormatException($"line {key.Start.Line}: expected a name"));
                    Write(value, json, depth + 1);
                }

                json.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                json.WriteStartArray();
                foreach (YamlNode item in sequence.Children)
                {
                    Write(item, json, depth + 1);
                }

                json.WriteEndArray();
                break;
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" }:
                json.WriteNullValue();
                break;
            case YamlScalarNode scalar:
                json.WriteStringValue(scalar.Style == ScalarStyle.Plain ? Decimal(scalar.Value!) : scalar.Value);
                break;
            default:
                throw new FormatException($"line {node.Start.Line}: unexpected {node.NodeType}");
        }
    }

    /// <summary>A mode is written as people write modes: 0660 and 0o660 are 432.</summary>
    private static string Decimal(string text)
    {
        bool whole = text.StartsWith("0x", StringComparison.Ordinal)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            : TryOctal(text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text.StartsWith('0') ? text[1..] : "", out value);
        return whole ? value.ToString(CultureInfo.InvariantCulture) : text;
    }

    private static bool TryOctal(string digits, out long value)
    {
        value = 0;
        if (digits.Length is 0 or > 20 || digits.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            return false;
        }

        value = digits.Aggregate(0L, (sum, digit) => (sum * 8) + (digit - '0'));
        return true;
    }
}
