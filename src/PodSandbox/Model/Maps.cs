using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Labels, annotations and their like: ordinal order, so that the same content is the same bytes.</summary>
public static class Maps
{
    /// <summary>The empty map, with ordinal comparison.</summary>
    public static ImmutableSortedDictionary<string, string> Empty { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Copies <paramref name="entries"/>.</summary>
    public static ImmutableSortedDictionary<string, string> Of(IEnumerable<KeyValuePair<string, string>> entries) =>
        Empty.SetItems(entries);
}
