using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.Launch;

/// <summary>A program of the host's to run as the host's root, with a container's root mounted for it and nobody else.</summary>
public sealed record CommandLaunchContext
{
    /// <summary>The program, as an absolute path, and its arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>All of its environment: <c>NAME=value</c> each.</summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>Mounted over <see cref="Root"/> in a mount namespace that ends with the program; null for none.</summary>
    public OverlayRoot? Overlay { get; init; }

    /// <summary>Where the overlay goes: the directory of its upper and work directories.</summary>
    public HostPath? Root { get; init; }
}
