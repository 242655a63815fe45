using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>
/// An image manifest or an index of manifests (OCI image-spec; Docker schema 2 has the same shape). Which of the two it
/// is follows from <see cref="MediaTypes"/>, never from which members are present.
/// </summary>
internal sealed record Manifest
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; set; }

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; set; }

    [JsonPropertyName("config")]
    public Descriptor? Config { get; set; }

    [JsonPropertyName("layers")]
    public Descriptor[]? Layers { get; set; }

    [JsonPropertyName("manifests")]
    public Descriptor[]? Manifests { get; set; }
}

/// <summary>A descriptor (OCI image-spec). <c>urls</c> is left out on purpose: foreign layers are not followed (CVE-2020-15157).</summary>
internal sealed record Descriptor
{
    [JsonPropertyName("mediaType")]
    public string MediaType { get; set; } = string.Empty;

    [JsonPropertyName("digest")]
    public string Digest { get; set; } = string.Empty;

    [JsonPropertyName("size")]
    public long Size { get; set; }

    [JsonPropertyName("platform")]
    public PlatformDescriptor? Platform { get; set; }
}

/// <summary>The platform of an index entry.</summary>
internal sealed record PlatformDescriptor
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = string.Empty;

    [JsonPropertyName("os")]
    public string Os { get; set; } = string.Empty;

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }
}
