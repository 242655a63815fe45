using System.Text;

namespace Keelson.ImageService.Tests.Fakes;

/// <summary>A request as it came over the wire.</summary>
public sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path { get; } = Target.Split('?')[0];

    /// <summary>Null when the client sent none.</summary>
    public string? Authorization => Headers.GetValueOrDefault("authorization");

    /// <summary>Everything the client said, to search for what it should not have said.</summary>
    public string AllText => $"{Method} {Target}\n{string.Join('\n', Headers.Select(h => $"{h.Key}: {h.Value}"))}\n\n{Encoding.UTF8.GetString(Body)}";

    /// <summary>The first byte asked for.</summary>
    public int RangeStart => Headers.TryGetValue("range", out string? range) && range.StartsWith("bytes=", StringComparison.Ordinal)
        ? int.Parse(range["bytes=".Length..].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture)
        : 0;
}
