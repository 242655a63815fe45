using System.Text.Json.Serialization;
using Keelson.Images.Layers;

namespace Keelson.Images.Store;

/// <summary>Serialization of what the store keeps on disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImageFile))]
[JsonSerializable(typeof(LayerFile))]
internal sealed partial class StoreJson : JsonSerializerContext;

/// <summary>layers/&lt;chain&gt;/layer.json.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="DiffId">Digest of the uncompressed tar.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Inodes">Inodes.</param>
/// <param name="ImpliedDirectories">See <see cref="UnpackedLayer.ImpliedDirectories"/>.</param>
internal sealed record LayerFile(int Version, string DiffId, long Bytes, long Inodes, string[] ImpliedDirectories)
{
    internal const int CurrentVersion = 1;
}

/// <summary>images/&lt;id&gt;.json. The run config is read again from the config blob.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="Id">Digest of the config.</param>
/// <param name="ManifestDigest">Digest of the manifest.</param>
/// <param name="RepoTags">Normalised.</param>
/// <param name="RepoDigests">Normalised.</param>
/// <param name="ChainIds">The lowest first.</param>
/// <param name="SizeBytes">Bytes on disk.</param>
/// <param name="CreatedAtNanoseconds">Unix time.</param>
internal sealed record ImageFile(
    int Version,
    string Id,
    string ManifestDigest,
    string[] RepoTags,
    string[] RepoDigests,
    string[] ChainIds,
    long SizeBytes,
    long CreatedAtNanoseconds)
{
    internal const int CurrentVersion = 1;
}
