using System.Collections.Immutable;
using Keelson.Oci.External;

namespace Keelson.Sandboxes;

/// <summary>A RuntimeClass handler other than the built-in one: the containers of its pods are made by an OCI runtime.</summary>
/// <param name="Name">What the kubelet calls it.</param>
/// <param name="Runtime">The program.</param>
/// <param name="Annotations">
/// Annotations of pods and containers that reach the runtime; a final <c>*</c> matches any rest. None by default: some
/// runtimes let annotations decide about the host (CVE-2024-3154).
/// </param>
public sealed record RuntimeHandler(string Name, OciRuntime Runtime, ImmutableArray<string> Annotations)
{
    /// <summary>Of these annotations, the ones that may pass.</summary>
    internal ImmutableSortedDictionary<string, string> Allowed(params ReadOnlySpan<ImmutableSortedDictionary<string, string>> annotations)
    {
        var allowed = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (ImmutableSortedDictionary<string, string> group in annotations)
        {
            foreach ((string name, string value) in group)
            {
                if (Annotations.Any(pattern => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern))
                {
                    allowed[name] = value;
                }
            }
        }

        return allowed.ToImmutable();
    }
}
