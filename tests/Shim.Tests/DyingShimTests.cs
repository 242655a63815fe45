using System.Diagnostics;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Shims;
using Keelson.Runtime.Tests;
using Keelson.Runtime.Tests.Launch;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

/// <summary>A shim is killed in the middle of a launch, and after one.</summary>
[Trait("needs", "root")]
public sealed class DyingShimTests
{
    private const uint Nobody = 65534;

    [SkippableTheory]
    [InlineData("container")]
    [InlineData("pause")]
    [InlineData("exec")]
    public async Task A_child_that_is_still_in_its_plan_ends_with_its_shim(string what)
    {
        Require();
        using var root = new TestContainer();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchOutcome web = await shim.LaunchAsync(Request("web", root.Compile(TestContainer.Spec("sleep", "1000"))));

        // As if joining the group took for ever.
        Gate.Make(shim, "group/tasks");
        var group = new CgroupPlacement([HostPath.Parse(shim.PathOf("group"))], null);
        using var second = new TestContainer();
        LaunchPlan plan = what switch
        {
            "container" => TestContainer.Compiler.CompileContainer(TestContainer.Spec("sleep", "1000"), second.Context with { Cgroup = group }),
            "pause" => TestContainer.Compiler.CompilePause(new PauseLaunchContext { Cgroup = group, NewPidNamespace = true }),
            _ => TestContainer.Compiler.CompileExec(TestContainer.Spec("sleep", "1000").Process!, new ExecLaunchContext { Cgroup = group }),
        };
        Task launch = what == "exec"
            ? shim.Client.ExecSyncAsync(new ExecSyncRequest { TargetProcessId = "web", Plan = plan.Image }, ShimHarness.Soon())
            : shim.Client.LaunchAsync(Request("stuck", plan), ShimHarness.Soon());
        await ProcessTests.WaitForAsync(() => ShimInProc.Children(shim).Count == 2);
        int child = ShimInProc.Children(shim).Single(pid => pid != web.Pid);
        await Task.Delay(50);

        try
        {
            Kill(shim.Client.Pid);
            await ProcessTests.WaitForAsync(() => !ShimInProc.Lives(child));
            await Assert.ThrowsAnyAsync<KeelsonException>(() => launch);
            Assert.True(ShimInProc.Lives(web.Pid), "what was launched lives on");
        }
        finally
        {
            Kill(web.Pid);
        }
    }

    [SkippableFact]
    public async Task A_child_whose_shim_was_dead_before_its_first_step_goes_no_further()
    {
        Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        Gate gate = Gate.Make(shim, "gate");
        string made = shim.PathOf("made");

        // The gate stands for a child that is given no time before its first step.
        int child = await StartAsync(shim, builder =>
        {
            OpenGate(builder, gate);
            SupervisionStage.Begin(builder);
            builder.Add("mkdir", "mkdirat", -100, builder.Text(made), 0x1ed);
        });
        Kill(shim.Client.Pid);
        await ProcessTests.WaitForAsync(() => ShimInProc.HasEnded(shim.Client.Pid));
        Assert.True(ShimInProc.Lives(child), "nothing is ordered yet");
        (await gate.OpenAsync()).Dispose();

        await ProcessTests.WaitForAsync(() => !ShimInProc.Lives(child));
        Assert.False(Directory.Exists(made));
    }

    [SkippableFact]
    public async Task A_child_that_has_become_another_user_ends_with_its_shim_too()
    {
        Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        Gate gate = Gate.Make(shim, "gate");
        File.SetUnixFileMode(shim.Root, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(gate.Path, (UnixFileMode)0b110_110_110);
        int child = await StartAsync(shim, builder =>
        {
            SupervisionStage.Begin(builder);
            builder.Add("setresgid", "setresgid", Nobody, Nobody, Nobody);
            SupervisionStage.Renew(builder, Nobody);
            builder.Add("setresuid", "setresuid", Nobody, Nobody, Nobody);
            SupervisionStage.Renew(builder, Nobody);
            OpenGate(builder, gate);
        });
        await ProcessTests.WaitForAsync(() => File.ReadAllText($"/proc/{child}/status").Contains($"Uid:\t{Nobody}\t", StringComparison.Ordinal));
        await Task.Delay(50);

        Kill(shim.Client.Pid);

        await ProcessTests.WaitForAsync(() => !ShimInProc.Lives(child));
    }

    [SkippableFact]
    public async Task A_launched_container_outlives_the_thread_that_launched_it_and_its_shim()
    {
        Require();
        using var root = new TestContainer();
        await using ShimHarness shim = await ShimHarness.StartAsync();

        // The one thread that stays is kept busy, so that the container is launched by one that does not.
        Gate gate = Gate.Make(shim, "gate");
        await StartAsync(shim, builder => OpenGate(builder, gate));
        LaunchOutcome web = await shim.LaunchAsync(Request("web", root.Compile(TestContainer.With(
            TestContainer.Spec("sleep", "1000"), process => process with { User = new() { Uid = 1000, Gid = 1000 } }))));
        try
        {
            Assert.Equal(2, ShimInProc.LauncherThreads(shim));
            (await gate.OpenAsync()).Dispose();
            await ProcessTests.WaitForAsync(() => ShimInProc.LauncherThreads(shim) == 1);
            Assert.True(ShimInProc.Lives(web.Pid), "ended with a thread");

            Kill(shim.Client.Pid);
            await ProcessTests.WaitForAsync(() => !ShimInProc.Lives(shim.Client.Pid));
            await Task.Delay(100);
            Assert.True(ShimInProc.Lives(web.Pid), "ended with the shim");
        }
        finally
        {
            Kill(web.Pid);
        }
    }

    /// <summary>Starts a launch that will not come to its end, and gives its child.</summary>
    private static async Task<int> StartAsync(ShimHarness shim, Action<PlanBuilder> steps)
    {
        LaunchPlan plan = ShimHarness.Plan("/bin/true", [], steps);
        _ = shim.Client.LaunchAsync(Request("stuck", plan), ShimHarness.Soon());
        await ProcessTests.WaitForAsync(() => ShimInProc.Children(shim).Count == 1);
        await Task.Delay(50);
        return Assert.Single(ShimInProc.Children(shim));
    }

    private static void OpenGate(PlanBuilder builder, Gate gate) => builder.Add("open the gate", "openat", -100, builder.Text(gate.Path), 0, 0);

    private static LaunchRequest Request(string id, LaunchPlan plan) => new() { ProcessId = id, Plan = plan.Image };

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }

    private static void Require()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
    }
}
