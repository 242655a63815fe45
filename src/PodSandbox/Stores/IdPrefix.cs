using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>Lookup by the beginning of an id, as people type them.</summary>
internal static class IdPrefix
{
    /// <exception cref="KeelsonException">InvalidArgument: several ids begin with it.</exception>
    internal static T? Single<T>(IEnumerable<T> items, Func<T, string> id, string prefix, string what)
        where T : class
    {
        if (prefix.Length == 0)
        {
            return null;
        }

        T? found = null;
        foreach (T item in items)
        {
            if (!id(item).StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            found = found is null
                ? item
                : throw new KeelsonException(ErrorKind.InvalidArgument, $"{what} id '{prefix}': several ids begin with it");
        }

        return found;
    }
}
