using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Conditions of a list, all of which must hold.</summary>
public sealed record ContainerFilter
{
    /// <summary>Every container.</summary>
    public static ContainerFilter All { get; } = new();

    /// <summary>A whole id or the beginning of one; empty for any.</summary>
    public string IdPrefix { get; init; } = string.Empty;

    /// <summary>A whole sandbox id or the beginning of one; empty for any.</summary>
    public string SandboxIdPrefix { get; init; } = string.Empty;

    /// <summary>The state as the CRI sees it; null for any.</summary>
    public ReportedState? State { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Maps.Empty;
}
