using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Security settings of a container.</summary>
public sealed record ContainerSecurityContext
{
    public CapabilityChanges Capabilities { get => field ?? new(); init; } = new();

    public bool Privileged { get; init; }

    public NamespaceOptions Namespaces { get => field ?? new(); init; } = new();

    public SelinuxOptions? Selinux { get; init; }

    public long? RunAsUser { get; init; }

    public long? RunAsGroup { get; init; }

    /// <summary>Empty when not given; excludes <see cref="RunAsUser"/>.</summary>
    public string RunAsUserName { get => field ?? string.Empty; init; } = string.Empty;

    public bool ReadonlyRootfs { get; init; }

    public ImmutableArray<long> SupplementalGroups { get => field.IsDefault ? [] : field; init; } = [];

    public SupplementalGroupsPolicy SupplementalGroupsPolicy { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>As given: the kubelet sends the list that it wants, empty means none.</summary>
    public ImmutableArray<string> MaskedPaths { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> ReadonlyPaths { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Null when the request had none.</summary>
    public SecurityProfile? Seccomp { get; init; }

    /// <summary>Null when the request had none.</summary>
    public SecurityProfile? Apparmor { get; init; }
}
