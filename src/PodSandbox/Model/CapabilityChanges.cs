using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Capabilities more and less than the default; <c>ALL</c> is allowed, with and without <c>CAP_</c>.</summary>
public sealed record CapabilityChanges
{
    public ImmutableArray<string> Add { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Drop { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> AddAmbient { get => field.IsDefault ? [] : field; init; } = [];
}
