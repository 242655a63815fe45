using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>User, capabilities, no_new_privs, seccomp and AppArmor.</summary>
internal sealed class PrivilegesContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        ContainerSecurityContext security = inputs.Config.Security;
        CapabilitySet set = security.Privileged
            ? CapabilitySet.Everything
            : CapabilitySet.Compute(CapabilitySet.Default, security.Capabilities.Add, security.Capabilities.Drop);
        ImmutableArray<string> names = set.Names;
        draft.Process = draft.Process with
        {
            User = new UserSpec
            {
                Uid = (uint)inputs.User.Uid,
                Gid = (uint)inputs.User.Gid,
                AdditionalGids = ImmutableArray.CreateRange(inputs.User.SupplementalGroups, group => (uint)group),
            },
            Capabilities = new CapabilitiesSpec
            {
                Bounding = names,
                Permitted = names,
                Effective = names,
                Ambient = Ambient(security, set),
            },
            NoNewPrivileges = security.NoNewPrivileges,
            ApparmorProfile = Apparmor(security),
            OomScoreAdj = (int)Math.Clamp(inputs.Resources.OomScoreAdj, -1000, 1000),
        };
        draft.Linux = draft.Linux with { Seccomp = Seccomp(security, inputs.Seccomp, set) };
    }

    private static ImmutableArray<string> Ambient(ContainerSecurityContext security, CapabilitySet set) =>
        security.Capabilities.AddAmbient.IsEmpty ? [] : CapabilitySet.Of(security.Capabilities.AddAmbient).Intersect(set).Names;

    private static SeccompSpec? Seccomp(ContainerSecurityContext security, ISeccompProfiles profiles, CapabilitySet capabilities)
    {
        // A privileged container may do what the node may: conformance tests want every filter to be ignored for it.
        if (security.Privileged)
        {
            return null;
        }

        return security.Seccomp switch
        {
            null or { Kind: SecurityProfileKind.Unconfined } => null,
            { Kind: SecurityProfileKind.RuntimeDefault } => profiles.Default(capabilities),
            { Kind: SecurityProfileKind.Localhost } localhost => profiles.Localhost(localhost.LocalhostRef, capabilities),
            { Kind: var other } => throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile kind {other} is not known"),
        };
    }

    private static string? Apparmor(ContainerSecurityContext security)
    {
        if (security.Apparmor is not { Kind: SecurityProfileKind.Localhost } localhost || security.Privileged)
        {
            // The default profile is not loaded by anyone yet, and a container without one is what the node's kernel gives.
            return null;
        }

        return Directory.Exists("/sys/kernel/security/apparmor")
            ? localhost.LocalhostRef
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"AppArmor profile '{localhost.LocalhostRef}': AppArmor is not enabled on this node");
    }
}
