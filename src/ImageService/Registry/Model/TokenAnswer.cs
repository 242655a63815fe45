using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>A token server's answer; servers use either name.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; set; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; set; }
}
