using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>The Linux section.</summary>
public sealed record LinuxSpec
{
    public ImmutableArray<IdMappingSpec> UidMappings { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<IdMappingSpec> GidMappings { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableSortedDictionary<string, string>? Sysctl { get; init; }

    public ResourcesSpec? Resources { get; init; }

    public string? CgroupsPath { get; init; }

    /// <summary>A kind that is not listed stays the host's.</summary>
    public ImmutableArray<NamespaceSpec> Namespaces { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<DeviceSpec> Devices { get => field.IsDefault ? [] : field; init; } = [];

    public SeccompSpec? Seccomp { get; init; }

    /// <summary><c>private</c>, <c>slave</c>, <c>shared</c> or <c>unbindable</c>, each with or without <c>r</c>.</summary>
    public string? RootfsPropagation { get; init; }

    public ImmutableArray<string> MaskedPaths { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> ReadonlyPaths { get => field.IsDefault ? [] : field; init; } = [];

    public string? MountLabel { get; init; }
}
