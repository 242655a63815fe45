using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Conditions of a list, all of which must hold.</summary>
public sealed record SandboxFilter
{
    /// <summary>Every sandbox.</summary>
    public static SandboxFilter All { get; } = new();

    /// <summary>A whole id or the beginning of one; empty for any.</summary>
    public string IdPrefix { get; init; } = string.Empty;

    /// <summary>Null for any.</summary>
    public bool? Ready { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Maps.Empty;
}
