using System.Globalization;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Where the process stands on the host: its cgroups, its OOM score, its security labels.</summary>
internal static class PlacementStage
{
    private const int OomScoreLimit = 1000;

    /// <summary>
    /// Version 2 at birth. Version 1 by writing 0 to <c>tasks</c>, which moves the one thread that there is;
    /// cgroup.procs would wait for an RCU grace period, 9 to 13 ms on an idle machine.
    /// </summary>
    internal static void JoinCgroups(PlanBuilder plan, CgroupPlacement placement)
    {
        if (placement.V2Directory is HostPath unified)
        {
            plan.BornIn(unified);
        }

        foreach (HostPath directory in placement.V1Directories)
        {
            plan.WriteHost($"{directory}/tasks", "0");
        }
    }

    /// <summary>The wish is cut to what may be written.</summary>
    internal static void SetOomScore(PlanBuilder plan, int? score, LaunchHost host)
    {
        if (score is not int wish)
        {
            return;
        }

        if (wish is < -OomScoreLimit or > OomScoreLimit)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"oom_score_adj {wish}: expected -1000 to 1000");
        }

        int value = host.PossibleOomScoreAdj(wish);

        // The shim's own floor may differ from the daemon's: then its score stays.
        plan.WriteHost("/proc/self/oom_score_adj", value.ToString(CultureInfo.InvariantCulture)).Tolerating(Errno.EACCES, Errno.EPERM);
    }

    /// <summary>
    /// Labels for the coming execve, written to the host's procfs before any file system of the container is in sight
    /// (CVE-2019-16884, CVE-2025-52881).
    /// </summary>
    internal static void SetLabels(PlanBuilder plan, ProcessSpec process)
    {
        if (!string.IsNullOrEmpty(process.ApparmorProfile) && process.ApparmorProfile != "unconfined")
        {
            plan.WriteHost("/proc/thread-self/attr/apparmor/exec", $"exec {process.ApparmorProfile}");
        }

        if (!string.IsNullOrEmpty(process.SelinuxLabel))
        {
            plan.WriteHost("/proc/thread-self/attr/exec", process.SelinuxLabel);
        }
    }
}
