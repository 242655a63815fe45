using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>An image for one platform, held in memory. Made by <see cref="TestImageBuilder"/>.</summary>
public sealed class TestImage : ITestArtifact
{
    internal TestImage(TestManifest manifest, byte[] config, IReadOnlyList<TestLayer> layers, string os, string architecture)
    {
        Manifest = manifest;
        Config = config;
        Layers = layers;
        OperatingSystem = os;
        Architecture = architecture;
        ConfigDigest = Digest.FromSha256(System.Security.Cryptography.SHA256.HashData(config));
        var blobs = new Dictionary<Digest, byte[]> { [ConfigDigest] = config };
        foreach (TestLayer layer in layers)
        {
            blobs[layer.Digest] = layer.Blob;
        }

        Blobs = blobs;
    }

    public TestManifest Manifest { get; }

    public byte[] Config { get; }

    /// <summary>What a container runtime calls the image's id.</summary>
    public Digest ConfigDigest { get; }

    public IReadOnlyList<TestLayer> Layers { get; }

    public string OperatingSystem { get; }

    public string Architecture { get; }

    public IReadOnlyDictionary<Digest, byte[]> Blobs { get; }

    public IReadOnlyList<TestManifest> Manifests => [Manifest];

    public static TestImageBuilder Build() => new();
}
