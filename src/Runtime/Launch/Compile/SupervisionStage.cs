using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// A child in its plan ends with its shim: nobody else knows of it, and it would go on to run a container that no list
/// has. From its execve it is supervised, or taken over, and outlives a killed shim.
/// </summary>
/// <remarks>
/// The signal comes when the thread that cloned ends, which does so only with the shim or after the execve. A change of
/// user or group takes the order for it back. What is left open: a shim that dies during one of those calls, where a
/// filter is installed before them, so that no look at the shim may follow; one killed before the order whose last thread
/// takes longer to end than the rest of the plan, for a pidfd tells of the last; and one that dies after
/// <see cref="End"/>, when the container is as good as launched.
/// </remarks>
internal static class SupervisionStage
{
    /// <summary>Orders the signal, and stops where the shim had died before.</summary>
    internal static void Begin(PlanBuilder plan)
    {
        Order(plan);
        Check(plan);
    }

    /// <summary>Again, after a change of user or group to another than root.</summary>
    internal static void Renew(PlanBuilder plan, uint id)
    {
        if (id != 0)
        {
            Order(plan);
        }
    }

    /// <summary>
    /// Stops where the shim has died while no signal was ordered. By pidfd: getppid says 0 in a pid namespace of one's
    /// own, whoever the parent is.
    /// </summary>
    internal static void Check(PlanBuilder plan)
    {
        PlanLabel alive = new();

        // EFAULT: a shim of an older build, which names itself nowhere.
        PlanData atOnce = plan.Struct(default(LibC.timespec));
        plan.Add("ppoll the shim", "ppoll", new PlanSlot(PlanSlots.Supervisor), 1, atOnce, 0).Tolerating(alive, Errno.EFAULT).ThenOnZero(alive);
        plan.Add("end with the shim", "exit_group", 1);
        plan.Mark(alive);
    }

    /// <summary>Takes the order back; before a last filter, which may let nothing but the execve through.</summary>
    internal static void End(PlanBuilder plan) => plan.Add("prctl PR_SET_PDEATHSIG 0", "prctl", Uapi.PR_SET_PDEATHSIG, 0, 0, 0, 0);

    private static void Order(PlanBuilder plan) => plan.Add("prctl PR_SET_PDEATHSIG SIGKILL", "prctl", Uapi.PR_SET_PDEATHSIG, LibC.SIGKILL, 0, 0, 0);
}
