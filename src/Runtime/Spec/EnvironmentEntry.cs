using System.Text;
using System.Text.Json.Serialization;

namespace Keelson.Oci.Spec;

/// <summary>
/// One environment variable. The value is bytes, because the CRI carries bytes and execve does not care; in JSON it
/// is the string <c>NAME=value</c>, so there it must be UTF-8.
/// </summary>
[JsonConverter(typeof(EnvironmentEntryConverter))]
public sealed record EnvironmentEntry(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>An entry with a text value.</summary>
    public static EnvironmentEntry Of(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Reads <c>NAME=value</c>; without an equals sign the value is empty.</summary>
    public static EnvironmentEntry Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? Of(text, string.Empty) : Of(text[..equals], text[(equals + 1)..]);
    }

    /// <summary>Equal when the bytes are.</summary>
    public bool Equals(EnvironmentEntry? other) =>
        other is not null && Name == other.Name && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Name, StringComparer.Ordinal);
        hash.AddBytes(Value.Span);
        return hash.ToHashCode();
    }

    /// <summary>The name only: values may be secrets, and records print themselves into logs.</summary>
    public override string ToString() => $"{Name}=...";
}
