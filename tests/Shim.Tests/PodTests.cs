using System.Text;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Shims;
using Keelson.Oci.Spec;
using Keelson.Runtime.Tests;
using Keelson.Runtime.Tests.Launch;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

/// <summary>The whole chain: a shim that launches a pause and real containers from compiled plans.</summary>
[Trait("needs", "root")]
public sealed class PodTests
{
    private static readonly string[] PodNamespaces = [NamespaceTypes.Network, NamespaceTypes.Ipc, NamespaceTypes.Uts];

    [SkippableFact]
    public async Task A_pod_lives_a_whole_life()
    {
        Require();
        using var root = new TestContainer();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchOutcome pause = await shim.LaunchAsync(Request("pause", TestContainer.Compiler.CompilePause(new PauseLaunchContext { Hostname = "pod-7" })));

        RuntimeSpec spec = TestContainer.Shell("echo I am $(hostname) $$; trap 'echo bye; exit 21' TERM; while true; do sleep 0.05; done");
        LaunchPlan plan = TestContainer.Compiler.CompileContainer(spec, root.Context with { JoinTarget = [.. PodNamespaces] });
        LaunchRequest request = Request("web", plan) with { TargetProcessId = "pause", LogPath = shim.PathOf("web.log"), ExitRecordPath = shim.PathOf("web.exit") };
        LaunchOutcome web = await shim.LaunchAsync(request);
        Assert.Equal(new FileInfo($"/proc/{pause.Pid}/ns/net").LinkTarget, new FileInfo($"/proc/{web.Pid}/ns/net").LinkTarget);

        ExecSyncOutcome exec = await ExecAsync(shim, "id -u; cat /proc/1/comm; hostname; echo oops >&2; exit 3");
        Assert.Equal((3, "0\nsh\npod-7\n", "oops\n"), (exec.ExitCode, Text(exec.Stdout), Text(exec.Stderr)));

        await ProcessTests.WaitForAsync(() => File.ReadAllText(request.LogPath!).Contains("I am", StringComparison.Ordinal));
        Assert.True(await shim.Client.SignalAsync("web", 15, everyone: false, ShimHarness.Soon()));
        Assert.Equal(("web", 21), await ExitAsync(shim));
        Assert.Equal(["I am pod-7 1", "bye"], ShimHarness.ReadLog(request.LogPath!).Select(line => line.Content));
        Assert.Equal(21, ExitRecord.TryRead(request.ExitRecordPath!)!.ExitCode);

        Assert.True(await shim.Client.SignalAsync("pause", 9, everyone: false, ShimHarness.Soon()));
        Assert.Equal(("pause", 137), await ExitAsync(shim));
    }

    [SkippableFact]
    public async Task A_timeout_inside_a_container_leaves_nothing_of_the_command_and_all_of_the_container()
    {
        Require();
        using var root = new TestContainer();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(Request("web", root.Compile(TestContainer.Spec("sleep", "1000"))));

        ExecSyncOutcome outcome = await ExecAsync(
            shim, "sleep 1004 & (busybox setsid sh -c 'sleep 1004 & sleep 1004' >/dev/null 2>&1 &); wait", TimeSpan.FromMilliseconds(300));

        Assert.True(outcome.TimedOut);
        ExecSyncOutcome left = await ExecAsync(shim, "ps -o args | grep -v grep | grep 'sleep 10'");
        Assert.Equal("sleep 1000\n", Text(left.Stdout));
    }

    [SkippableFact]
    public async Task A_container_killed_for_memory_is_told_as_such()
    {
        Require();
        using var root = new TestContainer();
        ICgroup group = new Cgroups(CgroupLayout.Detect(), TimeProvider.System).Get(CgroupPath.Parse($"/keelson-test-shim-{Environment.ProcessId}"));
        Skip.If(group.OomDirectory is null, "this machine has no memory controller");
        group.Create();
        try
        {
            group.Apply(new ResourcesSpec { Memory = new MemorySpec { Limit = 16 << 20 } });
            await using ShimHarness shim = await ShimHarness.StartAsync();
            RuntimeSpec spec = TestContainer.Shell("exec busybox tail /dev/zero");
            await shim.LaunchAsync(Request("web", TestContainer.Compiler.CompileContainer(spec, root.Context with { Cgroup = group.Placement })) with
            {
                OomCgroup = group.OomDirectory!.Value.Value,
                KillCgroup = group.KillDirectory?.Value,
            });

            ProcessExit exit = await shim.NextExitAsync();

            Assert.Equal((137, 9, true), (exit.ExitCode, exit.Signal, exit.OomKilled));
        }
        finally
        {
            await group.DeleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [SkippableFact]
    public async Task Children_left_in_a_shared_pid_namespace_are_killed_with_their_container()
    {
        Require();
        using var root = new TestContainer();
        ICgroup group = new Cgroups(CgroupLayout.Detect(), TimeProvider.System).Get(CgroupPath.Parse($"/keelson-test-left-{Environment.ProcessId}"));
        Skip.If(group.KillDirectory is null, "this machine has no cgroups");
        group.Create();
        try
        {
            await using ShimHarness shim = await ShimHarness.StartAsync();
            await shim.LaunchAsync(Request("pause", TestContainer.Compiler.CompilePause(new PauseLaunchContext { NewPidNamespace = true })));
            LaunchPlan plan = TestContainer.Compiler.CompileContainer(
                TestContainer.Shell("(sleep 1005 &); (busybox setsid sleep 1005 &); exit 0"),
                root.Context with { Cgroup = group.Placement, JoinTarget = [.. PodNamespaces, NamespaceTypes.Pid] });
            await shim.LaunchAsync(Request("web", plan) with { TargetProcessId = "pause", KillCgroup = group.KillDirectory!.Value.Value });

            Assert.Equal(("web", 0), await ExitAsync(shim));
            await ProcessTests.WaitForAsync(() => group.ReadProcesses().Count == 0);
        }
        finally
        {
            await group.DeleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [SkippableFact]
    public async Task Everyone_in_a_container_can_be_signalled()
    {
        Require();
        using var root = new TestContainer();
        ICgroup group = new Cgroups(CgroupLayout.Detect(), TimeProvider.System).Get(CgroupPath.Parse($"/keelson-test-all-{Environment.ProcessId}"));
        Skip.If(group.KillDirectory is null, "this machine has no cgroups");
        group.Create();
        try
        {
            await using ShimHarness shim = await ShimHarness.StartAsync();
            RuntimeSpec spec = TestContainer.Shell("trap 'wait; echo outer; exit 5' TERM; sh -c 'trap \"echo inner; exit 0\" TERM; sleep 1000 & wait' & wait; wait");
            LaunchRequest request = Request("web", TestContainer.Compiler.CompileContainer(spec, root.Context with { Cgroup = group.Placement })) with
            {
                KillCgroup = group.KillDirectory!.Value.Value,
                LogPath = shim.PathOf("web.log"),
            };
            await shim.LaunchAsync(request);
            await ProcessTests.WaitForAsync(() => group.ReadProcesses().Count == 3);

            Assert.True(await shim.Client.SignalAsync("web", 15, everyone: true, ShimHarness.Soon()));

            Assert.Equal("web", (await ExitAsync(shim)).Id);
            Assert.Contains("inner", File.ReadAllText(request.LogPath!), StringComparison.Ordinal);
        }
        finally
        {
            await group.DeleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private static LaunchRequest Request(string id, LaunchPlan plan) => new() { ProcessId = id, Plan = plan.Image };

    private static Task<ExecSyncOutcome> ExecAsync(ShimHarness shim, string script, TimeSpan timeout = default)
    {
        LaunchPlan plan = TestContainer.Compiler.CompileExec(TestContainer.Shell(script).Process!, new ExecLaunchContext());
        return shim.Client.ExecSyncAsync(new ExecSyncRequest { TargetProcessId = "web", Plan = plan.Image, Timeout = timeout }, ShimHarness.Soon());
    }

    private static async Task<(string Id, int Code)> ExitAsync(ShimHarness shim)
    {
        ProcessExit exit = await shim.NextExitAsync();
        return (exit.ProcessId, exit.ExitCode);
    }

    private static string Text(System.Collections.Immutable.ImmutableArray<byte> bytes) => Encoding.UTF8.GetString(bytes.AsSpan());

    private static void Require()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
    }
}
