using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Label selectors: every entry must be there with the same value.</summary>
internal static class LabelMatch
{
    internal static bool Holds(ImmutableSortedDictionary<string, string> selector, ImmutableSortedDictionary<string, string> labels)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }
}
