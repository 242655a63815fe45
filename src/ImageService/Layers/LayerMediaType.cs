namespace Keelson.Images.Layers;

/// <summary>Reads a layer's media type and its first bytes, which must agree.</summary>
internal static class LayerMediaType
{
    /// <summary>How many bytes <see cref="Identify"/> looks at.</summary>
    internal const int MagicBytes = 4;

    // A closed table: an unknown suffix (e.g. +encrypted) means bytes this code cannot read. Null: Docker's types never
    // told reliably, so the first bytes alone decide.
    private static readonly Dictionary<string, LayerCompression?> Known = new(StringComparer.Ordinal)
    {
        ["application/vnd.oci.image.layer.v1.tar"] = LayerCompression.None,
        ["application/vnd.oci.image.layer.v1.tar+gzip"] = LayerCompression.Gzip,
        ["application/vnd.oci.image.layer.v1.tar+zstd"] = LayerCompression.Zstd,
        ["application/vnd.oci.image.layer.nondistributable.v1.tar"] = LayerCompression.None,
        ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"] = LayerCompression.Gzip,
        ["application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"] = LayerCompression.Zstd,
        ["application/vnd.docker.image.rootfs.diff.tar"] = null,
        ["application/vnd.docker.image.rootfs.diff.tar.gzip"] = null,
        ["application/vnd.docker.image.rootfs.diff.tar.zstd"] = null,
        ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"] = null,
    };

    /// <summary>Whether layers of this type can be unpacked here.</summary>
    internal static bool IsKnown(string mediaType) => Known.ContainsKey(mediaType);

    /// <summary>The compression of a layer of <paramref name="mediaType"/> that starts with <paramref name="start"/>.</summary>
    /// <exception cref="Core.KeelsonException">FailedPrecondition: unknown type, or type and bytes disagree.</exception>
    internal static LayerCompression Identify(string mediaType, ReadOnlySpan<byte> start)
    {
        if (!Known.TryGetValue(mediaType, out LayerCompression? told))
        {
            throw LayerErrors.Malformed($"layer media type '{mediaType}' is not supported");
        }

        LayerCompression seen = Sniff(start);
        return told is null || told == seen
            ? seen
            : throw LayerErrors.Malformed($"layer media type '{mediaType}' says {told}, the first bytes say {seen}");
    }

    private static LayerCompression Sniff(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 3 && start[0] == 0x1f && start[1] == 0x8b && start[2] == 8)
        {
            return LayerCompression.Gzip;
        }

        // A zstd frame, or a skippable frame before one.
        return start.Length >= 4
            && (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])
                || ((start[0] & 0xf0) == 0x50 && start[1] == 0x2a && start[2] == 0x4d && start[3] == 0x18))
            ? LayerCompression.Zstd
            : LayerCompression.None;
    }
}
