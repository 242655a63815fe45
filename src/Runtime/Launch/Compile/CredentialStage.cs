using System.Runtime.InteropServices;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Seccomp;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Who the process is and what it may do; from here on it can only lose rights.</summary>
internal static class CredentialStage
{
    private const int SysAdmin = 21;

    // Ids above 2^31-1 wrap to negative numbers in too many programs, and one of them is "no id" (CVE-2024-40635).
    private const uint MaxId = int.MaxValue;

    internal static void Take(PlanBuilder plan, ProcessSpec process, SeccompSpec? seccomp, CapabilitySet available)
    {
        CheckIds(process.User);
        CapabilitiesSpec capabilities = process.Capabilities ?? new CapabilitiesSpec();

        // What this node's own process lacks cannot be given on; a privileged container asks for all there is.
        CapabilitySet bounding = CapabilitySet.Of(capabilities.Bounding).Intersect(available);
        CapabilitySet effective = CapabilitySet.Of(capabilities.Effective).Intersect(available);
        CapabilitySet permitted = CapabilitySet.Of(capabilities.Permitted).Intersect(available);
        CapabilitySet ambient = CapabilitySet.Of(capabilities.Ambient).Intersect(permitted);

        DropBounding(plan, bounding);
        SetGroups(plan, process.User);

        // A filter needs no_new_privs or CAP_SYS_ADMIN: without the former it goes in while the latter is still there.
        bool early = seccomp is not null && !process.NoNewPrivileges && !effective.Contains(SysAdmin);
        if (early)
        {
            SupervisionStage.Check(plan);
            SeccompStage.Install(plan, seccomp!);
        }

        SetUser(plan, process.User);
        SetCapabilities(plan, effective, permitted, ambient);
        if (process.NoNewPrivileges)
        {
            plan.Add("prctl PR_SET_NO_NEW_PRIVS", "prctl", Uapi.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }

        if (!early)
        {
            SupervisionStage.Check(plan);
        }

        SupervisionStage.End(plan);
        if (seccomp is not null && !early)
        {
            SeccompStage.Install(plan, seccomp);
        }
    }

    /// <summary>Nothing at all: for the pause.</summary>
    internal static void TakeNothing(PlanBuilder plan, uint id)
    {
        UserSpec user = new() { Uid = id, Gid = id };
        DropBounding(plan, default);
        SetGroups(plan, user);
        SetUser(plan, user);
        SetCapabilities(plan, default, default, default);
        plan.Add("prctl PR_SET_NO_NEW_PRIVS", "prctl", Uapi.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        SupervisionStage.Check(plan);
        SupervisionStage.End(plan);
    }

    private static void CheckIds(UserSpec user)
    {
        foreach (uint id in (IEnumerable<uint>)[user.Uid, user.Gid, .. user.AdditionalGids])
        {
            if (id > MaxId)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"user or group id {id}: expected 0 to {MaxId}");
            }
        }
    }

    private static void DropBounding(PlanBuilder plan, CapabilitySet kept)
    {
        for (int number = 0; number < CapabilityTable.Names.Length; number++)
        {
            if (!kept.Contains(number))
            {
                // EINVAL: a kernel older than the capability.
                plan.Add($"drop {CapabilityTable.Names[number]}", "prctl", Uapi.PR_CAPBSET_DROP, number, 0, 0, 0).Tolerating(Errno.EINVAL);
            }
        }
    }

    private static void SetGroups(PlanBuilder plan, UserSpec user)
    {
        uint[] groups = [.. user.AdditionalGids];
        plan.Add($"setgroups [{string.Join(", ", groups)}]", "setgroups", groups.Length, plan.Bytes(MemoryMarshal.AsBytes(groups.AsSpan())));
        plan.Add($"setresgid {user.Gid}", "setresgid", user.Gid, user.Gid, user.Gid);
        SupervisionStage.Renew(plan, user.Gid);
    }

    private static void SetUser(PlanBuilder plan, UserSpec user)
    {
        if (user.Uid != 0)
        {
            // The next call but one sets the sets exactly; without this setresuid would empty the permitted one.
            plan.Add("prctl PR_SET_KEEPCAPS", "prctl", Uapi.PR_SET_KEEPCAPS, 1, 0, 0, 0);
        }

        plan.Add($"setresuid {user.Uid}", "setresuid", user.Uid, user.Uid, user.Uid);
        SupervisionStage.Renew(plan, user.Uid);
    }

    /// <summary>
    /// The inheritable set is empty (CVE-2022-29162): with it a program with inheritable file capabilities would gain
    /// what the container was not given. The kernel wants ambient ones in it, so those alone are.
    /// </summary>
    private static void SetCapabilities(PlanBuilder plan, CapabilitySet effective, CapabilitySet permitted, CapabilitySet ambient)
    {
        Uapi.__user_cap_data_struct[] data =
        [
            new() { effective = (uint)effective.Bits, permitted = (uint)permitted.Bits, inheritable = (uint)ambient.Bits },
            new() { effective = (uint)(effective.Bits >> 32), permitted = (uint)(permitted.Bits >> 32), inheritable = (uint)(ambient.Bits >> 32) },
        ];
        plan.Add("prctl PR_CAP_AMBIENT_CLEAR_ALL", "prctl", Uapi.PR_CAP_AMBIENT, Uapi.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        plan.Add("capset", "capset", plan.Struct(new Uapi.__user_cap_header_struct { version = Uapi._LINUX_CAPABILITY_VERSION_3 }), plan.Bytes(MemoryMarshal.AsBytes(data.AsSpan())));
        for (int number = 0; number < CapabilityTable.Names.Length; number++)
        {
            if (ambient.Contains(number))
            {
                plan.Add($"raise ambient {CapabilityTable.Names[number]}", "prctl", Uapi.PR_CAP_AMBIENT, Uapi.PR_CAP_AMBIENT_RAISE, number, 0, 0);
            }
        }
    }
}
