using System.Collections.Immutable;
using Keelson.Oci.External;

namespace Keelson.Sandboxes;

/// <summary>What the handlers besides the built-in one can do; asked once, in the background, as programs may hang.</summary>
internal sealed class HandlerFeatures
{
    private volatile ImmutableSortedDictionary<string, OciFeatures?> _known;

    internal HandlerFeatures(IEnumerable<RuntimeHandler> handlers) =>
        _known = handlers.ToImmutableSortedDictionary(handler => handler.Name, OciFeatures? (_) => null, StringComparer.Ordinal);

    /// <summary>By name; null until it has answered, and where it can't.</summary>
    internal ImmutableSortedDictionary<string, OciFeatures?> Known => _known;

    internal async Task AskAsync(IEnumerable<RuntimeHandler> handlers)
    {
        foreach (RuntimeHandler handler in handlers)
        {
            OciFeatures? features = await BlockingThreads.RunAsync(() => OciFeatures.Ask(handler.Runtime));
            _known = _known.SetItem(handler.Name, features);
        }
    }
}
