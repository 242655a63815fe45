using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>One mount.</summary>
public sealed record MountSpec
{
    /// <summary>Absolute path as the container sees it.</summary>
    public required string Destination { get; init; }

    /// <summary>A file system type; absent or <c>bind</c> for bind mounts.</summary>
    public string? Type { get; init; }

    /// <summary>A host path for bind mounts; a label for others.</summary>
    public string? Source { get; init; }

    /// <summary>As in mount(8), with the runtime-spec's additions (<c>rro</c>, <c>rprivate</c>, ...).</summary>
    public ImmutableArray<string> Options { get => field.IsDefault ? [] : field; init; } = [];
}
