using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Security settings of sandboxes and containers.</summary>
internal static class SecurityMapping
{
    internal static SandboxSecurityContext ToDomain(Cri.LinuxSandboxSecurityContext? context)
    {
        if (context is null)
        {
            return new SandboxSecurityContext();
        }

        Invalid.Unless(context.RunAsGroup is null || context.RunAsUser is not null, "run_as_group needs run_as_user");
        return new SandboxSecurityContext
        {
            Namespaces = NamespaceMapping.ToDomain(context.NamespaceOptions),
            Selinux = Selinux(context.SelinuxOptions),
            RunAsUser = Id("run_as_user", context.RunAsUser),
            RunAsGroup = Id("run_as_group", context.RunAsGroup),
            ReadonlyRootfs = context.ReadonlyRootfs,
            SupplementalGroups = [.. context.SupplementalGroups],
            SupplementalGroupsPolicy = Policy(context.SupplementalGroupsPolicy),
            Privileged = context.Privileged,
            Seccomp = Profile("seccomp", context.Seccomp),
            Apparmor = Profile("apparmor", context.Apparmor),
        };
    }

    internal static ContainerSecurityContext ToDomain(Cri.LinuxContainerSecurityContext? context)
    {
        if (context is null)
        {
            return new ContainerSecurityContext();
        }

        bool hasName = context.RunAsUsername.Length > 0;
        Invalid.Unless(context.RunAsUser is null || !hasName, "run_as_user and run_as_username exclude each other");
        Invalid.Unless(context.RunAsGroup is null || context.RunAsUser is not null || hasName, "run_as_group needs run_as_user or run_as_username");
        return new ContainerSecurityContext
        {
            Capabilities = Capabilities(context.Capabilities),
            Privileged = context.Privileged,
            Namespaces = NamespaceMapping.ToDomain(context.NamespaceOptions),
            Selinux = Selinux(context.SelinuxOptions),
            RunAsUser = Id("run_as_user", context.RunAsUser),
            RunAsGroup = Id("run_as_group", context.RunAsGroup),
            RunAsUserName = context.RunAsUsername,
            ReadonlyRootfs = context.ReadonlyRootfs,
            SupplementalGroups = [.. context.SupplementalGroups],
            SupplementalGroupsPolicy = Policy(context.SupplementalGroupsPolicy),
            NoNewPrivileges = context.NoNewPrivs,
            MaskedPaths = [.. context.MaskedPaths],
            ReadonlyPaths = [.. context.ReadonlyPaths],
            Seccomp = Profile("seccomp", context.Seccomp),
            Apparmor = Profile("apparmor", context.Apparmor),
        };
    }

    private static CapabilityChanges Capabilities(Cri.Capability? capabilities) => capabilities is null
        ? new CapabilityChanges()
        : new CapabilityChanges
        {
            Add = [.. capabilities.AddCapabilities],
            Drop = [.. capabilities.DropCapabilities],
            AddAmbient = [.. capabilities.AddAmbientCapabilities],
        };

    private static SelinuxOptions? Selinux(Cri.SELinuxOption? options) =>
        options is null ? null : new SelinuxOptions(options.User, options.Role, options.Type, options.Level);

    private static SupplementalGroupsPolicy Policy(Cri.SupplementalGroupsPolicy policy)
    {
        Invalid.Unless(Enum.IsDefined(policy), $"supplemental_groups_policy has the unknown value {(int)policy}");
        return (SupplementalGroupsPolicy)policy;
    }

    private static long? Id(string what, Cri.Int64Value? id)
    {
        // The kernel's ids are unsigned 32 bits, and the last one means "none" in its calls.
        Invalid.Unless(id is null or { Value: >= 0 and < uint.MaxValue }, $"{what}: {id?.Value} is not an id");
        return id?.Value;
    }

    private static SecurityProfile? Profile(string what, Cri.SecurityProfile? profile)
    {
        if (profile is null)
        {
            return null;
        }

        Invalid.Unless(Enum.IsDefined(profile.ProfileType), $"{what}: unknown profile type {(int)profile.ProfileType}");
        bool localhost = profile.ProfileType == Cri.SecurityProfile.Types.ProfileType.Localhost;
        Invalid.Unless(!localhost || profile.LocalhostRef.Length > 0, $"{what}: a Localhost profile needs localhost_ref");
        return new SecurityProfile((SecurityProfileKind)profile.ProfileType, profile.LocalhostRef);
    }
}
