using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Which devices a container asks for: those of the CRI's field, then those of its annotations, each once.</summary>
internal static class CdiRequest
{
    /// <summary>Begins the keys of annotations whose values are names with commas between them.</summary>
    internal const string AnnotationPrefix = "cdi.k8s.io/";

    /// <exception cref="KeelsonException">InvalidArgument: something is not a device's name.</exception>
    internal static ImmutableArray<CdiName> Of(ContainerConfig config)
    {
        IEnumerable<CdiName> annotated = config.Annotations
            .Where(annotation => annotation.Key.StartsWith(AnnotationPrefix, StringComparison.Ordinal))
            .SelectMany(annotation => Annotated(annotation.Key, annotation.Value));
        return [.. config.CdiDevices.Select(CdiName.Parse).Concat(annotated).Distinct()];
    }

    private static IEnumerable<CdiName> Annotated(string key, string value)
    {
        foreach (string name in value.Split(','))
        {
            CdiName parsed;
            try
            {
                parsed = CdiName.Parse(name);
            }
            catch (KeelsonException failure)
            {
                throw new KeelsonException(failure.Kind, $"annotation '{key}': {failure.Message}", failure);
            }

            yield return parsed;
        }
    }
}
