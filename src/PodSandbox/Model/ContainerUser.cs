using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>The numbers a container's first process starts with.</summary>
public sealed record ContainerUser
{
    public long Uid { get; init; }

    public long Gid { get; init; }

    public ImmutableArray<long> SupplementalGroups { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Home directory of the user in the image's /etc/passwd; empty when it names none.</summary>
    public string Home { get => field ?? string.Empty; init; } = string.Empty;
}
