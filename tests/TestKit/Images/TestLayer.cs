using System.IO.Compression;
using System.Security.Cryptography;
using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>A finished layer: the tar, and the blob a registry would serve.</summary>
public sealed class TestLayer
{
    private TestLayer(byte[] tar, byte[] blob, string ociSuffix, string mediaType)
    {
        Tar = tar;
        Blob = blob;
        MediaType = mediaType + ociSuffix;
        DiffId = Digest.FromSha256(SHA256.HashData(tar));
        Digest = Digest.FromSha256(SHA256.HashData(blob));
    }

    public byte[] Tar { get; }

    public byte[] Blob { get; }

    public Digest Digest { get; }

    public Digest DiffId { get; }

    public string MediaType { get; }

    public static TestLayer Of(byte[] tar, LayerFormat format = LayerFormat.Gzip, ManifestFormat manifest = ManifestFormat.Oci)
    {
        byte[] blob = format switch
        {
            LayerFormat.Gzip => Gzip(tar),
            LayerFormat.Zstd => Zstd.Compress(tar),
            _ => tar,
        };
        (string mediaType, string suffix) = (manifest, format) switch
        {
            (ManifestFormat.Docker, LayerFormat.Gzip) => ("application/vnd.docker.image.rootfs.diff.tar", ".gzip"),
            (ManifestFormat.Docker, LayerFormat.Zstd) => ("application/vnd.docker.image.rootfs.diff.tar", ".zstd"),
            (ManifestFormat.Docker, _) => ("application/vnd.docker.image.rootfs.diff.tar", string.Empty),
            (_, LayerFormat.Gzip) => ("application/vnd.oci.image.layer.v1.tar", "+gzip"),
            (_, LayerFormat.Zstd) => ("application/vnd.oci.image.layer.v1.tar", "+zstd"),
            _ => ("application/vnd.oci.image.layer.v1.tar", string.Empty),
        };
        return new TestLayer(tar, blob, suffix, mediaType);
    }

    public static byte[] Gzip(byte[] data)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(data);
        }

        return result.ToArray();
    }
}
