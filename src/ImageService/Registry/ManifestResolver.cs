using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Images.References;
using Keelson.Images.Registry.Model;

namespace Keelson.Images.Registry;

/// <summary>
/// Follows a reference to the manifest of this node's platform and reads its config. Everything is untrusted: sizes are
/// bounded, digests are checked, and whatever is not understood is refused by name.
/// </summary>
internal sealed class ManifestResolver(RegistrySession session, ImageReference reference, Platform platform)
{
    private const int MaxManifestBytes = 4 << 20;
    private const int MaxConfigBytes = 8 << 20;
    private const int MaxLayers = 500;

    /// <summary>Resolves the reference.</summary>
    /// <exception cref="KeelsonException">See <see cref="IImageService.PullAsync"/>.</exception>
    internal async Task<RemoteImage> ResolveAsync(CancellationToken cancellationToken)
    {
        // Step 1: what the reference names, an index or a manifest.
        (byte[] bytes, string mediaType, Digest target) = await FetchAsync(reference.Target, reference.Digest, cancellationToken);

        // Step 2: the entry for this platform, one level deep: nested indexes have no use and no bound.
        Digest manifestDigest = target;
        if (MediaTypes.IsIndex(mediaType))
        {
            Descriptor entry = platform.Choose(Read(bytes, RegistryJson.Default.Manifest, "index").Manifests ?? [])
                ?? throw Refuse(ErrorKind.NotFound, $"the index has no manifest for {platform}");
            manifestDigest = DigestOf(entry, "manifest");
            (bytes, mediaType, _) = await FetchAsync(manifestDigest.Value, manifestDigest, cancellationToken);
        }

        if (!MediaTypes.IsManifest(mediaType))
        {
            throw Refuse(ErrorKind.Unimplemented, $"manifest of type '{mediaType}' is not supported");
        }

        Manifest manifest = Read(bytes, RegistryJson.Default.Manifest, "manifest");
        if (manifest.Config is not { MediaType.Length: > 0 } config || manifest.Layers is not { Length: > 0 and <= MaxLayers } layers)
        {
            throw Refuse(ErrorKind.FailedPrecondition, $"the manifest has no config, no layers, or more than {MaxLayers}");
        }

        // Step 3: the config, which names the uncompressed layers.
        if (!MediaTypes.IsImageConfig(config.MediaType))
        {
            throw Refuse(ErrorKind.Unimplemented, $"config of type '{config.MediaType}': this is an artifact, not an image to run");
        }

        Digest configDigest = DigestOf(config, "config");
        byte[] configBytes = await FetchConfigAsync(configDigest, cancellationToken);
        ImageConfigFile file = Read(configBytes, RegistryJson.Default.ImageConfigFile, "config");
        if (!platform.Runs(file))
        {
            throw Refuse(ErrorKind.NotFound, $"the image is for {file.Os}/{file.Architecture}, this node is {platform}");
        }

        return new RemoteImage(target, manifestDigest, bytes, configDigest, configBytes, file, Pair(layers, file));
    }

    private async Task<(byte[] Bytes, string MediaType, Digest Digest)> FetchAsync(
        string target, Digest? expected, CancellationToken cancellationToken)
    {
        return await session.GetAsync(
            "manifests", target, 0, MediaTypes.AcceptedManifests,
            async (endpoint, response, token) =>
            {
                byte[] bytes = await BoundedBody.ReadAsync(response, MaxManifestBytes, endpoint, $"manifest {target}", token);
                Digest digest = Check(endpoint, bytes, expected, $"manifest {target}");
                string declared = response.Content.Headers.ContentType?.MediaType ?? string.Empty;
                return (bytes, TypeOf(endpoint, bytes, declared), digest);
            },
            cancellationToken);
    }

    private Task<byte[]> FetchConfigAsync(Digest digest, CancellationToken cancellationToken) => session.GetAsync(
        "blobs", digest.Value, 0, ["application/octet-stream", "*/*"],
        async (endpoint, response, token) =>
        {
            byte[] bytes = await BoundedBody.ReadAsync(response, MaxConfigBytes, endpoint, $"config {digest}", token);
            Check(endpoint, bytes, digest, $"config {digest}");
            return bytes;
        },
        cancellationToken);

    /// <summary>A wrong digest counts against the server: another may hold the true content.</summary>
    private static Digest Check(RegistryEndpoint endpoint, byte[] bytes, Digest? expected, string step)
    {
        Digest actual = expected is { Algorithm: "sha512" }
            ? Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(bytes)))
            : Digest.FromSha256(SHA256.HashData(bytes));
        return expected is null || expected == actual
            ? actual
            : throw new EndpointException(endpoint, EndpointFailure.Malformed, $"{step}: the content has digest {actual}");
    }

    /// <summary>The document's own type wins: a server may answer everything as text/plain.</summary>
    private static string TypeOf(RegistryEndpoint endpoint, byte[] bytes, string declared)
    {
        try
        {
            Manifest? document = JsonSerializer.Deserialize(bytes, RegistryJson.Default.Manifest);
            if (document is { SchemaVersion: 1 })
            {
                return "application/vnd.docker.distribution.manifest.v1+json";
            }

            string type = string.IsNullOrEmpty(document?.MediaType) ? declared : document.MediaType;
            RefuseAmbiguous(endpoint, document, type, declared);
            return type;
        }
        catch (JsonException e)
        {
            throw new EndpointException(endpoint, EndpointFailure.Malformed, $"manifest: not JSON at byte {e.BytePositionInLine}", e);
        }
    }

    /// <summary>
    /// A document that can be taken for an index and for a manifest means different images to different readers
    /// (CVE-2021-41190).
    /// </summary>
    private static void RefuseAmbiguous(RegistryEndpoint endpoint, Manifest? document, string type, string declared)
    {
        bool isBoth = document is { Manifests: not null } and ({ Layers: not null } or { Config: not null });
        bool contradicts = (MediaTypes.IsIndex(type) && MediaTypes.IsManifest(declared))
            || (MediaTypes.IsManifest(type) && MediaTypes.IsIndex(declared));
        if (isBoth || contradicts)
        {
            throw new EndpointException(endpoint, EndpointFailure.Malformed, "manifest: it claims to be an index and a manifest");
        }
    }

    private ImmutableArray<LayerSource> Pair(Descriptor[] layers, ImageConfigFile config)
    {
        string[] diffIds = config.RootFs?.DiffIds ?? [];
        if (diffIds.Length != layers.Length)
        {
            throw Refuse(ErrorKind.FailedPrecondition, $"the manifest has {layers.Length} layers, the config {diffIds.Length} diff IDs");
        }

        ImmutableArray<LayerSource>.Builder paired = ImmutableArray.CreateBuilder<LayerSource>(layers.Length);
        for (int i = 0; i < layers.Length; i++)
        {
            Descriptor? layer = layers[i];
            if (layer is null)
            {
                throw Refuse(ErrorKind.FailedPrecondition, $"layer {i} of the manifest is null");
            }

            if (!MediaTypes.IsLayer(layer.MediaType))
            {
                throw Refuse(ErrorKind.Unimplemented, $"layer {i} of type '{layer.MediaType}' is not supported");
            }

            if (!Digest.TryParse(diffIds[i], out Digest diffId))
            {
                throw Refuse(ErrorKind.FailedPrecondition, $"diff ID {i} of the config is no digest");
            }

            paired.Add(new LayerSource(DigestOf(layer, "layer"), diffId, layer.Size, layer.MediaType));
        }

        return paired.MoveToImmutable();
    }

    private T Read<T>(byte[] bytes, JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw Refuse(ErrorKind.FailedPrecondition, $"the {what} cannot be read at '{e.Path}'");
        }
    }

    private Digest DigestOf(Descriptor descriptor, string what) =>
        Digest.TryParse(descriptor.Digest, out Digest digest) && descriptor.Size >= 0
            ? digest
            : throw Refuse(ErrorKind.FailedPrecondition, $"the {what} descriptor has no proper digest or size");

    private KeelsonException Refuse(ErrorKind kind, string reason) => new(kind, $"pull '{reference}': {reason}");
}
