using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Security settings of the sandbox itself; containers bring their own.</summary>
public sealed record SandboxSecurityContext
{
    public NamespaceOptions Namespaces { get => field ?? new(); init; } = new();

    public SelinuxOptions? Selinux { get; init; }

    public long? RunAsUser { get; init; }

    public long? RunAsGroup { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public ImmutableArray<long> SupplementalGroups { get => field.IsDefault ? [] : field; init; } = [];

    public SupplementalGroupsPolicy SupplementalGroupsPolicy { get; init; }

    public bool Privileged { get; init; }

    /// <summary>Null when the request had none.</summary>
    public SecurityProfile? Seccomp { get; init; }

    /// <summary>Null when the request had none.</summary>
    public SecurityProfile? Apparmor { get; init; }
}
