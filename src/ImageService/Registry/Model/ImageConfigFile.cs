using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>The image config (OCI image-spec, application/vnd.oci.image.config.v1+json), as far as it matters here.</summary>
internal sealed record ImageConfigFile
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = string.Empty;

    [JsonPropertyName("os")]
    public string Os { get; set; } = string.Empty;

    [JsonPropertyName("config")]
    public RunConfig? Config { get; set; }

    [JsonPropertyName("rootfs")]
    public RootFs? RootFs { get; set; }
}

/// <summary>The <c>config</c> object.</summary>
internal sealed record RunConfig
{
    [JsonPropertyName("User")]
    public string? User { get; set; }

    [JsonPropertyName("Env")]
    public string[]? Env { get; set; }

    [JsonPropertyName("Entrypoint")]
    public string[]? Entrypoint { get; set; }

    [JsonPropertyName("Cmd")]
    public string[]? Cmd { get; set; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; set; }

    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; set; }

    [JsonPropertyName("Volumes")]
    public Dictionary<string, JsonElement>? Volumes { get; set; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; set; }
}

/// <summary>The <c>rootfs</c> object.</summary>
internal sealed record RootFs
{
    [JsonPropertyName("type")]
    public string Type { get; set; } = string.Empty;

    [JsonPropertyName("diff_ids")]
    public string[]? DiffIds { get; set; }
}
