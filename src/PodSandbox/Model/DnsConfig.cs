using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>What resolv.conf says.</summary>
public sealed record DnsConfig
{
    public ImmutableArray<string> Servers { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Searches { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Options { get => field.IsDefault ? [] : field; init; } = [];
}
