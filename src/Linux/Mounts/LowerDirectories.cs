using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Linux;

/// <summary>
/// Overlay layers as an option of mount(2), which takes one page of them: named relative to the directory they have in
/// common, which is to be the current one.
/// </summary>
internal static class LowerDirectories
{
    /// <summary>What a page of options holds.</summary>
    internal const int MaxOptionBytes = 4095;

    /// <summary>The value of <c>lowerdir=</c>.</summary>
    /// <param name="layers">The topmost first; at least one.</param>
    /// <param name="common">The directory that all of them are below.</param>
    /// <exception cref="KeelsonException">InvalidArgument: a path that the option cannot carry.</exception>
    internal static string Join(ImmutableArray<HostPath> layers, out HostPath common)
    {
        HostPath above = layers[0].Parent;
        while (above.Value != "/" && !layers.All(layer => layer.Value.StartsWith($"{above}/", StringComparison.Ordinal)))
        {
            above = above.Parent;
        }

        common = above;
        int cut = above.Value == "/" ? 1 : above.Value.Length + 1;
        return string.Join(':', ImmutableArray.CreateRange(layers, layer => Checked(layer.Value[cut..])));
    }

    /// <summary>The path itself, where an option of overlay can carry it.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static string Checked(string path) => path.AsSpan().ContainsAny(':', ',', '\\')
        ? throw new KeelsonException(
            ErrorKind.InvalidArgument, $"layer path '{path}': overlay options of this kernel cannot carry ':', ',' or a backslash")
        : path;
}
