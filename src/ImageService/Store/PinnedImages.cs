using System.Collections.Immutable;

namespace Keelson.Images.Store;

/// <summary>Which images the configuration keeps from the kubelet's collection.</summary>
internal sealed class PinnedImages(ImmutableArray<string> patterns)
{
    /// <summary>The record with its pinned flag as the configuration says.</summary>
    internal ImageRecord Mark(ImageRecord image) => image with { Pinned = image.RepoTags.Concat(image.RepoDigests).Any(Matches) };

    private bool Matches(string name) => patterns.Any(pattern => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern);
}
