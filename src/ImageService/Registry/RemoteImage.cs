using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Images.Registry.Model;

namespace Keelson.Images.Registry;

/// <summary>An image as a registry describes it, checked and ready to be downloaded.</summary>
/// <param name="TargetDigest">Digest of what the reference led to: the index where there is one, else the manifest.</param>
/// <param name="ManifestDigest">Digest of the platform's manifest.</param>
/// <param name="Manifest">The manifest's bytes.</param>
/// <param name="ConfigDigest">Digest of the config: the image id.</param>
/// <param name="Config">The config's bytes.</param>
/// <param name="ConfigFile">The config, read.</param>
/// <param name="Layers">The layers, the lowest first.</param>
internal sealed record RemoteImage(
    Digest TargetDigest,
    Digest ManifestDigest,
    byte[] Manifest,
    Digest ConfigDigest,
    byte[] Config,
    ImageConfigFile ConfigFile,
    ImmutableArray<LayerSource> Layers);
