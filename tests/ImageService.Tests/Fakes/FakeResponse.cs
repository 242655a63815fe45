using System.Text;

namespace Keelson.ImageService.Tests.Fakes;

/// <summary>What the fake registry does with a request.</summary>
public sealed record FakeResponse(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>How many bytes of the body are sent before <see cref="Then"/> happens; null means all.</summary>
    public int? Cut { get; init; }

    /// <summary>What happens at the cut.</summary>
    public FakeEnding Then { get; init; } = FakeEnding.Close;

    /// <summary>Leaves out Content-Length, so that the end of the connection is the end of the body.</summary>
    public bool WithoutLength { get; init; }

    public static FakeResponse Of(int status, string body = "") => new(status, Encoding.UTF8.GetBytes(body));

    public static FakeResponse Json(string body) => Of(200, body) with { Headers = new() { ["Content-Type"] = "application/json" } };

    public static FakeResponse Manifest(string mediaType, byte[] body) =>
        new(200, body) { Headers = new() { ["Content-Type"] = mediaType } };

    public static FakeResponse Redirect(string location, int status = 307) =>
        Of(status) with { Headers = new() { ["Location"] = location } };

    public static FakeResponse Challenge(string challenge) =>
        Of(401, "{\"errors\":[]}") with { Headers = new() { ["WWW-Authenticate"] = challenge } };

    /// <summary>The connection is reset before a byte is sent.</summary>
    public static FakeResponse Reset() => Of(0) with { Cut = 0, Then = FakeEnding.Reset };

    /// <summary>Nothing is ever answered.</summary>
    public static FakeResponse Silence() => Of(0) with { Cut = 0, Then = FakeEnding.Stall };
}
