using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>What <see cref="LocalRegistry"/> can take: blobs, then manifests, the last of which gets the tag.</summary>
public interface ITestArtifact
{
    IReadOnlyDictionary<Digest, byte[]> Blobs { get; }

    IReadOnlyList<TestManifest> Manifests { get; }
}
