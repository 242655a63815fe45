using System.Collections.Frozen;

namespace Keelson.Images.Registry.Model;

/// <summary>Media types of the OCI image-spec and of Docker image manifest version 2, schema 2.</summary>
internal static class MediaTypes
{
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>What is asked for when resolving a name.</summary>
    internal static readonly string[] AcceptedManifests = [OciIndex, OciManifest, DockerList, DockerManifest];

    private static readonly FrozenSet<string> ImageConfigs = FrozenSet.ToFrozenSet(
        ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Layers = FrozenSet.ToFrozenSet(
        [
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.oci.image.layer.v1.tar+zstd",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            "application/vnd.docker.image.rootfs.diff.tar",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "application/vnd.docker.image.rootfs.diff.tar.zstd",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        ],
        StringComparer.Ordinal);

    internal static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerList;

    internal static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    internal static bool IsImageConfig(string mediaType) => ImageConfigs.Contains(mediaType);

    internal static bool IsLayer(string mediaType) => Layers.Contains(mediaType);
}
