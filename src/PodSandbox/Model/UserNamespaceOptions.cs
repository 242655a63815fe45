using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>The pod's user namespace; mode is Pod or Node.</summary>
public sealed record UserNamespaceOptions
{
    public NamespaceMode Mode { get; init; } = NamespaceMode.Node;

    public ImmutableArray<IdMapping> Uids { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<IdMapping> Gids { get => field.IsDefault ? [] : field; init; } = [];
}
