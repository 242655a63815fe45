using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images.References;

namespace Keelson.Images.Store;

/// <summary>
/// An immutable view of all images and of the names that lead to them. Readers take the current one and need no lock.
/// </summary>
internal sealed class ImageCatalog
{
    private const int ShortestPrefix = 4;

    private readonly ImmutableDictionary<Digest, ImageRecord> _byId;
    private readonly ImmutableDictionary<string, Digest> _byName;

    private ImageCatalog(ImmutableDictionary<Digest, ImageRecord> byId)
    {
        _byId = byId;
        ImmutableDictionary<string, Digest>.Builder names = ImmutableDictionary.CreateBuilder<string, Digest>(StringComparer.Ordinal);
        foreach (ImageRecord image in byId.Values)
        {
            foreach (string name in image.RepoTags.Concat(image.RepoDigests))
            {
                names[name] = image.Id;
            }
        }

        _byName = names.ToImmutable();
        Images = [.. byId.Values.OrderBy(image => image.CreatedAtNanoseconds).ThenBy(image => image.Id.Value, StringComparer.Ordinal)];
    }

    /// <summary>No images.</summary>
    internal static ImageCatalog Empty { get; } = new(ImmutableDictionary<Digest, ImageRecord>.Empty);

    /// <summary>All images, oldest first.</summary>
    internal ImmutableArray<ImageRecord> Images { get; }

    /// <summary>A view with <paramref name="image"/> added or replaced.</summary>
    internal ImageCatalog With(ImageRecord image) => new(_byId.SetItem(image.Id, image));

    /// <summary>A view with several images added or replaced.</summary>
    internal ImageCatalog With(IEnumerable<ImageRecord> images)
    {
        ImmutableDictionary<Digest, ImageRecord>.Builder byId = _byId.ToBuilder();
        foreach (ImageRecord image in images)
        {
            byId[image.Id] = image;
        }

        return new(byId.ToImmutable());
    }

    /// <summary>A view without an image.</summary>
    internal ImageCatalog Without(Digest id) => new(_byId.Remove(id));

    internal ImageRecord? ById(Digest id) => _byId.GetValueOrDefault(id);

    /// <summary>The image meant by an id, a reference, or the beginning of an id, tried in this order.</summary>
    internal ImageRecord? Find(string spec)
    {
        if (Digest.TryParse(spec, out Digest id) || Digest.TryParse("sha256:" + spec, out id))
        {
            return ById(id);
        }

        return ByReference(spec) ?? ByPrefix(spec);
    }

    private ImageRecord? ByReference(string spec)
    {
        if (!ImageReference.TryParse(spec, out ImageReference? reference, out _))
        {
            return null;
        }

        string name = reference!.Digest is { } digest ? reference.RepoDigest(digest) : reference.RepoTag!;
        return _byName.TryGetValue(name, out Digest id) ? ById(id) : null;
    }

    /// <summary>An ambiguous beginning names nothing.</summary>
    private ImageRecord? ByPrefix(string spec)
    {
        string prefix = spec.StartsWith("sha256:", StringComparison.Ordinal) ? spec["sha256:".Length..] : spec;
        if (prefix.Length < ShortestPrefix || !prefix.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        ImageRecord? found = null;
        foreach (ImageRecord image in Images)
        {
            if (image.Id.Hex.StartsWith(prefix, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = image;
            }
        }

        return found;
    }
}
