using System.Text.Json.Nodes;
using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>Several images, one per platform, under one index (OCI) or manifest list (Docker).</summary>
public sealed class TestImageIndex : ITestArtifact
{
    private TestImageIndex(IReadOnlyList<TestImage> images, TestManifest index)
    {
        Images = images;
        Index = index;
        Blobs = images.SelectMany(image => image.Blobs).DistinctBy(blob => blob.Key).ToDictionary();
    }

    public IReadOnlyList<TestImage> Images { get; }

    public TestManifest Index { get; }

    public IReadOnlyDictionary<Digest, byte[]> Blobs { get; }

    public IReadOnlyList<TestManifest> Manifests => [.. Images.Select(image => image.Manifest), Index];

    public static TestImageIndex Of(ManifestFormat format, params TestImage[] images)
    {
        string mediaType = format == ManifestFormat.Docker
            ? "application/vnd.docker.distribution.manifest.list.v2+json"
            : "application/vnd.oci.image.index.v1+json";
        var manifests = new JsonArray();
        foreach (TestImage image in images)
        {
            manifests.Add(new JsonObject
            {
                ["mediaType"] = image.Manifest.MediaType,
                ["digest"] = image.Manifest.Digest.Value,
                ["size"] = image.Manifest.Bytes.Length,
                ["platform"] = new JsonObject { ["architecture"] = image.Architecture, ["os"] = image.OperatingSystem },
            });
        }

        var index = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = mediaType, ["manifests"] = manifests };
        return new TestImageIndex(images, new TestManifest(mediaType, System.Text.Encoding.UTF8.GetBytes(index.ToJsonString())));
    }
}
