using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Kernel settings of the process's own namespaces, through the host's /proc/sys, which shows the writer's namespaces
/// and which nothing in an image can replace (CVE-2025-52881).
/// </summary>
internal static class SysctlStage
{
    internal static void Write(PlanBuilder plan, IReadOnlyDictionary<string, string>? sysctls, ulong namespaces)
    {
        foreach ((string name, string value) in sysctls ?? new Dictionary<string, string>())
        {
            string path = SysctlRules.Check(name, value, (namespaces & Uapi.CLONE_NEWNET) != 0, (namespaces & Uapi.CLONE_NEWIPC) != 0);
            plan.WriteHost($"/proc/sys/{path}", value);
        }
    }
}
