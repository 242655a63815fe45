using Keelson.Core;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Turns a runtime-spec into the list of system calls that the first process of a container, a pod or an exec makes
/// between its birth and its execve. The order of the stages is the order of what happens; each stage is a file.
/// </summary>
/// <remarks>
/// Everything of the host that the process needs (cgroup files, /proc, bind sources) is opened before pivot_root;
/// everything in the image is reached after it, by descriptor, so that no link in an image leads to the host.
/// Failures: InvalidArgument for a spec that contradicts itself, Unimplemented for what this launcher cannot do.
/// </remarks>
public sealed class PlanCompiler(LaunchHost host)
{
    /// <summary>The plan of a container's first process.</summary>
    /// <exception cref="KeelsonException">InvalidArgument or Unimplemented.</exception>
    public LaunchPlan CompileContainer(RuntimeSpec spec, ContainerLaunchContext context)
    {
        ProcessSpec process = spec.Process ?? throw new KeelsonException(ErrorKind.InvalidArgument, "the spec has no process");
        LinuxSpec linux = spec.Linux ?? new LinuxSpec();
        PlanBuilder plan = new();

        // 1. On the host: nobody may look into this process; its group, its namespaces, its place with the OOM killer.
        ProcessStage.Guard(plan);
        PlacementStage.JoinCgroups(plan, context.Cgroup);
        NamespaceStage.EnterForContainer(plan, linux, context.JoinTarget);
        PlacementStage.SetOomScore(plan, process.OomScoreAdj, host);
        PlacementStage.SetLabels(plan, process);
        SysctlStage.Write(plan, linux.Sysctl, NamespaceStage.OwnOrShared(linux, context.JoinTarget));

        // 2. Every mount is made, detached, and the host's ones are picked up.
        MountStage mounts = MountStage.Prepare(plan, spec, context.CgroupLayout, host.OverlayTakesLayersSingly);
        MaskStage masks = MaskStage.Prepare(plan, linux, mounts.Dev);
        PlanSlot root = RootStage.Enter(plan, spec, mounts, context.Overlay, host.OverlayTakesLayersSingly);

        // 3. Inside the root: attach, cover, close.
        mounts.Attach(plan, root);
        if (mounts.Dev is PlanSlot dev && TerminalStage.HasConsole(spec))
        {
            TerminalStage.BindConsole(plan, dev);
        }

        DeviceStage.MakeOutsideDev(plan, linux, root);
        masks.Cover(plan, linux, root);
        RootStage.Finish(plan, spec, root);
        NamespaceStage.SetHostname(plan, spec, context.JoinTarget);

        // 4. The process itself.
        ProcessStage.Become(plan, process, linux.Seccomp, host);
        return plan.Build();
    }

    /// <summary>The plan of a pod's pause: it holds namespaces and reaps orphans, in 8 KiB.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public LaunchPlan CompilePause(PauseLaunchContext context)
    {
        PlanBuilder plan = new();
        ProcessStage.Guard(plan);
        PlacementStage.JoinCgroups(plan, context.Cgroup);
        NamespaceStage.EnterForPause(plan, context);
        PlacementStage.SetOomScore(plan, context.OomScoreAdj, host);
        SysctlStage.Write(plan, context.Sysctls, NamespaceStage.OfPause(context));
        PauseStage.Become(plan);
        return plan.Build();
    }

    /// <summary>The plan of a program of the host's that makes the container in its own way.</summary>
    /// <exception cref="KeelsonException">Unimplemented: more layers than this kernel's overlay takes.</exception>
    public LaunchPlan CompileCommand(CommandLaunchContext context)
    {
        PlanBuilder plan = new();
        ProcessStage.Guard(plan);
        CommandStage.MountRoot(plan, context, host.OverlayTakesLayersSingly);
        CommandStage.Become(plan, context);
        return plan.Build();
    }

    /// <summary>The plan of a command inside a running container; the target is the container's process.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public LaunchPlan CompileExec(ProcessSpec process, ExecLaunchContext context)
    {
        const ulong all = Uapi.CLONE_NEWNS | Uapi.CLONE_NEWNET | Uapi.CLONE_NEWIPC | Uapi.CLONE_NEWUTS | Uapi.CLONE_NEWCGROUP;
        PlanBuilder plan = new() { BornInTargetPidNamespace = true };
        ProcessStage.Guard(plan);
        PlacementStage.JoinCgroups(plan, context.Cgroup);
        PlacementStage.SetOomScore(plan, process.OomScoreAdj, host);
        PlacementStage.SetLabels(plan, process);
        plan.Add($"setns to the {NamespaceNames.List(all)} namespaces of the container", "setns", new PlanSlot(PlanSlots.Target), (long)all);

        // While the command lives, whatever it starts stays its descendant, also a daemon that forks twice: a timeout
        // finds all of it. Kept over execve, not inherited by children.
        plan.Add("prctl PR_SET_CHILD_SUBREAPER", "prctl", LibC.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        ProcessStage.Become(plan, process, context.Seccomp, host);
        return plan.Build();
    }
}
