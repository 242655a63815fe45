using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;

namespace Keelson.Sandboxes.Host;

/// <summary>Plans by the built-in compiler.</summary>
internal sealed class PlanMaker(PlanCompiler compiler, CgroupLayout cgroups) : IPlanMaker
{
    public CompiledPlan Pause(PauseLaunch launch) => Wrap(compiler.CompilePause(new PauseLaunchContext
    {
        NetworkNamespace = launch.NetworkNamespace is { } path ? HostPath.Parse(path) : null,
        HostNetwork = launch.NetworkNamespace is null,
        HostUts = launch.NetworkNamespace is null,
        HostIpc = launch.HostIpc,
        NewPidNamespace = launch.HasPidNamespace,
        Hostname = launch.Hostname.Length > 0 && launch.NetworkNamespace is not null ? launch.Hostname : null,
        Sysctls = Maps.Of(launch.Sysctls),
        Cgroup = launch.Placement,
    }));

    public CompiledPlan Container(ContainerLaunch launch) => Wrap(compiler.CompileContainer(launch.Spec, new ContainerLaunchContext
    {
        Overlay = new OverlayRoot(launch.LowerDirectories, launch.UpperDirectory, launch.WorkDirectory),
        JoinTarget = launch.Joined,
        Cgroup = launch.Placement,
        CgroupLayout = cgroups,
    }));

    public CompiledPlan Exec(ExecLaunch launch) => Wrap(compiler.CompileExec(launch.Process, new ExecLaunchContext
    {
        Cgroup = launch.Placement,
        Seccomp = launch.Container.Linux?.Seccomp,
    }));

    private static CompiledPlan Wrap(LaunchPlan plan) => new(plan.Image, plan.DescribeFailure, plan.Explain) { TakesTerminalMount = plan.TakesTerminalMount };
}
