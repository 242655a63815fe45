using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Undoes what the daemon may have been tuned with (a unit's Nice=, CPUSchedulingPolicy=, IOSchedulingClass=, CPUAffinity=
/// and so on): all of it passes on to children and through execve, and is meant for the daemon, not for its pods. What
/// may not be undone here (no right, a kernel without it) stays.
/// </summary>
/// <remarks>
/// Cleared by execve or fork itself: alternate signal stack, timers, parent-death signal, keepcaps, dumpable. Not to be
/// undone by anyone: no_new_privs and filters, of which <see cref="LaunchHost.Lasting"/> tells.
/// </remarks>
internal static class InheritanceStage
{
    private const int DefaultTimerSlackNanoseconds = 50_000;

    internal static void Reset(PlanBuilder plan, LaunchHost host)
    {
        // The policy first: nice counts under the ordinary one only.
        plan.Add("sched_setscheduler SCHED_OTHER", "sched_setscheduler", 0, Uapi.SCHED_OTHER, plan.Bytes(new byte[4])).Tolerating(Errno.EPERM);
        plan.Add("setpriority 0", "setpriority", Uapi.PRIO_PROCESS, 0, 0).Tolerating(Errno.EPERM, Errno.EACCES);
        plan.Add("ioprio_set none", "ioprio_set", Uapi.IOPRIO_WHO_PROCESS, 0, 0).Tolerating(Errno.EPERM, Errno.ENOSYS);

        if (!host.CpusOfInit.IsEmpty)
        {
            // EINVAL: none of them is in the container's cpuset, which then counts alone.
            plan.Add("sched_setaffinity to the CPUs of init", "sched_setaffinity", 0, host.CpusOfInit.Length, plan.Bytes(host.CpusOfInit.AsSpan())).Tolerating(Errno.EPERM, Errno.EINVAL);
        }

        plan.Add("set_mempolicy MPOL_DEFAULT", "set_mempolicy", Uapi.MPOL_DEFAULT, 0, 0).Tolerating(Errno.EPERM, Errno.ENOSYS);
        plan.Add("personality PER_LINUX", "personality", Uapi.PER_LINUX);
        plan.Add("prctl PR_SET_TIMERSLACK", "prctl", Uapi.PR_SET_TIMERSLACK, DefaultTimerSlackNanoseconds, 0, 0, 0);
        plan.Add("prctl PR_SET_THP_DISABLE 0", "prctl", Uapi.PR_SET_THP_DISABLE, 0, 0, 0, 0).Tolerating(Errno.EINVAL);
        plan.Add("prctl PR_SET_SECUREBITS 0", "prctl", Uapi.PR_SET_SECUREBITS, 0, 0, 0, 0).Tolerating(Errno.EPERM);
    }
}
