using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Images;

/// <summary>An image on this node. Immutable; a change of its names makes a new record.</summary>
public sealed record ImageRecord
{
    /// <summary>Digest of the config: the image id.</summary>
    public required Digest Id { get; init; }

    /// <summary>Digest of the platform's manifest.</summary>
    public required Digest ManifestDigest { get; init; }

    /// <summary>Normalised references with a tag, e.g. <c>docker.io/library/busybox:1.36</c>.</summary>
    public ImmutableArray<string> RepoTags { get; init; } = [];

    /// <summary>Normalised references with the digest that the registry answers to, e.g. <c>docker.io/library/busybox@sha256:...</c>.</summary>
    public ImmutableArray<string> RepoDigests { get; init; } = [];

    /// <summary>Chain IDs, the lowest first.</summary>
    public required ImmutableArray<Digest> ChainIds { get; init; }

    /// <summary>Bytes on disk: unpacked layers, manifest and config.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When this node first had it, nanoseconds of Unix time.</summary>
    public required long CreatedAtNanoseconds { get; init; }

    /// <summary>What the image says about running it.</summary>
    public required ImageRunConfig Config { get; init; }

    /// <summary>Image labels, for people and tools only.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether the configuration exempts it from the kubelet's collection.</summary>
    public bool Pinned { get; init; }
}
