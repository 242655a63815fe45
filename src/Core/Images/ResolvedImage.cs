using System.Collections.Immutable;

namespace Keelson.Core;

/// <summary>
/// An image made ready for a container: the one value that images hand to execution, which never reference each other.
/// </summary>
/// <param name="Id">The image id: the digest of its config.</param>
/// <param name="RepoDigest">
/// A reference by digest (<c>repository@sha256:...</c>) where one is known, else the id: <c>ContainerStatus.image_ref</c>.
/// </param>
/// <param name="Layers">Unpacked layers, the topmost first: the order of overlayfs' <c>lowerdir</c>.</param>
/// <param name="Config">What the image says about running it.</param>
public sealed record ResolvedImage(Digest Id, string RepoDigest, ImmutableArray<ImageLayer> Layers, ImageRunConfig Config);

/// <summary>One unpacked layer.</summary>
/// <param name="ChainId">The chain ID (OCI image-spec): identifies the layer together with all below it.</param>
/// <param name="Directory">Its tree, in overlayfs' format (whiteouts as 0:0 devices, opaque directories as xattrs).</param>
public sealed record ImageLayer(Digest ChainId, HostPath Directory);
