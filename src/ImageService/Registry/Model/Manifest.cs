using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>
/// An image manifest or an index of manifests (OCI image-spec; Docker schema 2 has the same shape). Which of the two it
/// is follows from <see cref="MediaTypes"/>, never from which members are present.
/// </summary>
internal sealed record Manifest
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; }

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("config")]
    public Descriptor? Config { get; init; }

    [JsonPropertyName("layers")]
    public Descriptor[]? Layers { get; init; }

    [JsonPropertyName("manifests")]
    public Descriptor[]? Manifests { get; init; }
}

/// <summary>A descriptor (OCI image-spec). <c>urls</c> is left out on purpose: foreign layers are not followed (CVE-2020-15157).</summary>
internal sealed record Descriptor
{
    [JsonPropertyName("mediaType")]
    public string MediaType { get; init; } = string.Empty;

    [JsonPropertyName("digest")]
    public string Digest { get; init; } = string.Empty;

    [JsonPropertyName("size")]
    public long Size { get; init; }

    [JsonPropertyName("platform")]
    public PlatformDescriptor? Platform { get; init; }
}

/// <summary>The platform of an index entry.</summary>
internal sealed record PlatformDescriptor
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = string.Empty;

    [JsonPropertyName("os")]
    public string Os { get; init; } = string.Empty;

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }
}
