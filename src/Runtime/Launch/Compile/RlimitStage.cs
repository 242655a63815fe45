using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Resource limits.</summary>
internal static class RlimitStage
{
    internal static void Set(PlanBuilder plan, IEnumerable<RlimitSpec> limits, LaunchHost host)
    {
        foreach (RlimitSpec limit in limits)
        {
            if (!RlimitTypes.Numbers.TryGetValue(limit.Type, out int number) || limit.Soft > limit.Hard)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"rlimit '{limit.Type}': unknown, or soft above hard");
            }

            RlimitSpec possible = host.Possible(limit);
            Uapi.rlimit64 value = new() { rlim_cur = possible.Soft, rlim_max = possible.Hard };

            // EPERM: a shim that was started with less than this daemon has; its own limit, which is the lower one, stays.
            plan.Add($"prlimit {limit.Type} {value.rlim_cur}:{value.rlim_max}", "prlimit64", 0, number, plan.Struct(value), 0).Tolerating(Errno.EPERM);
        }
    }
}
