using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.Launch;

/// <summary>
/// The layers a container's root is mounted from, by its own first process, in its own mount namespace: the host's
/// mount table never sees it, and nothing is left to unmount.
/// </summary>
/// <param name="LowerDirectories">The topmost first; at least one.</param>
/// <param name="UpperDirectory">Where changes go.</param>
/// <param name="WorkDirectory">Empty, on the same file system as the upper directory.</param>
public sealed record OverlayRoot(ImmutableArray<HostPath> LowerDirectories, HostPath UpperDirectory, HostPath WorkDirectory)
{
    /// <summary>Leaves out the syncs of the upper directory: a container's changes do not outlive a crash of the node.</summary>
    public bool Volatile { get; init; } = true;
}
