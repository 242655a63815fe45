using System.Text;
using Keelson.Oci.Launch;
using Keelson.Oci.Shims;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

/// <summary>Launches that wait, as one does whose volume's server is gone: here for somebody to open a FIFO.</summary>
public sealed class HungLaunchTests
{
    private const int MaxThreads = 8;

    [Fact]
    public async Task A_launch_that_hangs_holds_up_no_other()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        Gate gate = Gate.Make(shim, "gate");
        Task<LaunchOutcome> stuck = LaunchAsync(shim, "stuck", gate);

        ExecSyncOutcome exec = await shim.ExecAsync("web", "echo here");
        LaunchOutcome other = await shim.LaunchAsync(shim.Shell("other", "exec sleep 1000"));

        Assert.Equal((0, "here\n"), (exec.ExitCode, Encoding.UTF8.GetString(exec.Stdout.AsSpan())));
        Assert.True(other.Launched);
        Assert.False(stuck.IsCompleted, "the gate is closed");
        (await gate.OpenAsync()).Dispose();
        Assert.True((await stuck).Launched);
    }

    [Fact]
    public async Task A_launch_that_hangs_does_not_keep_the_pipes_of_one_that_was_under_way()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        Gate first = Gate.Make(shim, "first");
        Gate second = Gate.Make(shim, "second");

        // The second is cloned while all pipes of the first are open: for its output, and for its launch itself.
        Task<ExecSyncOutcome> exec = shim.ExecAsync("web", "", change: request => request with { Plan = Plan(first).Image, DrainTimeout = TimeSpan.FromMinutes(1) });
        await ProcessTests.WaitForAsync(() => ShimInProc.Children(shim).Count == 2);
        Task<LaunchOutcome> stuck = LaunchAsync(shim, "stuck", second);
        await ProcessTests.WaitForAsync(() => ShimInProc.Children(shim).Count == 3);
        (await first.OpenAsync()).Dispose();

        Assert.Equal(0, (await exec).ExitCode);
        Assert.False(stuck.IsCompleted, "the second gate is closed");
        (await second.OpenAsync()).Dispose();
        Assert.True((await stuck).Launched);
    }

    [Fact]
    public async Task Launches_one_after_the_other_share_one_thread()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        for (int i = 0; i < 20; i++)
        {
            await shim.ExecAsync("web", "true");
        }

        Assert.Equal(1, ShimInProc.LauncherThreads(shim));
    }

    [Fact]
    public async Task Threads_are_added_up_to_eight_and_end_when_they_are_idle()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        Gate gate = Gate.Make(shim, "gate");
        Task<LaunchOutcome>[] stuck = [.. Enumerable.Range(0, MaxThreads + 2).Select(i => LaunchAsync(shim, $"stuck-{i}", gate))];
        await ProcessTests.WaitForAsync(() => ShimInProc.Children(shim).Count == MaxThreads);
        await Task.Delay(100);
        Assert.Equal(MaxThreads, ShimInProc.LauncherThreads(shim));
        Assert.Equal(MaxThreads, ShimInProc.Children(shim).Count);

        // Held open, for those that have not come to it yet.
        await using FileStream open = await gate.OpenAsync();
        Assert.All(await Task.WhenAll(stuck), outcome => Assert.True(outcome.Launched));
        await ProcessTests.WaitForAsync(() => ShimInProc.LauncherThreads(shim) == 1);
        Assert.True((await shim.LaunchAsync(shim.Shell("after", "true"))).Launched);
    }

    private static Task<LaunchOutcome> LaunchAsync(ShimHarness shim, string id, Gate gate) =>
        shim.Client.LaunchAsync(shim.Shell(id, "true") with { Plan = Plan(gate).Image }, ShimHarness.Soon());

    private static LaunchPlan Plan(Gate gate) => ShimHarness.Plan("/bin/true", [], builder => builder.Add("open the gate", "openat", -100, builder.Text(gate.Path), 0, 0));
}
