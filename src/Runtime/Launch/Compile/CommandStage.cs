using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>A program of the host's, in place of the container's own: an OCI runtime that makes the container.</summary>
internal static class CommandStage
{
    private const uint Umask = 0x12; // 022

    /// <summary>
    /// A copy of the host's mounts for this program alone, with the container's root in it. What the program makes of it
    /// goes on in the container's namespace; the host's mount table sees none of it, and nothing is left to unmount.
    /// </summary>
    internal static void MountRoot(PlanBuilder plan, CommandLaunchContext context, bool singly)
    {
        if (context is not { Overlay: { } overlay, Root: { } root })
        {
            return;
        }

        // Slave: a volume mounted on the host meanwhile still reaches the container that asks for such.
        plan.Add("unshare mount", "unshare", (long)Uapi.CLONE_NEWNS);
        plan.Add("make '/' a slave", "mount", 0, plan.Text("/"), 0, Uapi.MS_REC | Uapi.MS_SLAVE, 0);
        RootStage.MountOverlayAt(plan, overlay, root, singly);
    }

    internal static void Become(PlanBuilder plan, CommandLaunchContext context)
    {
        ProcessStage.TakeStreams(plan);
        plan.Add("chdir to '/'", "chdir", plan.Text("/"));
        plan.Add("umask", "umask", Umask);
        ProcessStage.ResetSignals(plan);
        SupervisionStage.End(plan);
        string program = context.Arguments[0];
        PlanData argv = plan.Pointers([.. context.Arguments.Select(plan.Text)]);
        PlanData envp = plan.Pointers([.. context.Environment.Select(plan.Text)]);
        ExecStage.Mark(plan);
        plan.Add(ExecStep.Direct(program), "execve", plan.Text(program), argv, envp);
    }
}
