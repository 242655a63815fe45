using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>The image config (OCI image-spec, application/vnd.oci.image.config.v1+json), as far as it matters here.</summary>
internal sealed record ImageConfigFile
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = string.Empty;

    [JsonPropertyName("os")]
    public string Os { get; init; } = string.Empty;

    [JsonPropertyName("config")]
    public RunConfig? Config { get; init; }

    [JsonPropertyName("rootfs")]
    public RootFs? RootFs { get; init; }
}

/// <summary>The <c>config</c> object.</summary>
internal sealed record RunConfig
{
    [JsonPropertyName("User")]
    public string? User { get; init; }

    [JsonPropertyName("Env")]
    public string[]? Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    public string[]? Entrypoint { get; init; }

    [JsonPropertyName("Cmd")]
    public string[]? Cmd { get; init; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    [JsonPropertyName("Volumes")]
    public Dictionary<string, JsonElement>? Volumes { get; init; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>The <c>rootfs</c> object.</summary>
internal sealed record RootFs
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = string.Empty;

    [JsonPropertyName("diff_ids")]
    public string[]? DiffIds { get; init; }
}
