using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Containers;

public sealed class ContainerLifecycleTests : SandboxTest
{
    [Fact]
    public async Task A_creation_starts_nothing()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        ContainerSnapshot container = Node.Runtime.ContainerStatus(id);
        Assert.Equal(ContainerState.Created, container.State);
        Assert.Equal(0, container.Status.StartedAtNanoseconds);
        Assert.EndsWith("/logs/main/0.log", container.Identity.LogPath, StringComparison.Ordinal);
        Assert.DoesNotContain(Node.Shims.Launches, launch => launch.ProcessId == id.Value);
        Assert.DoesNotContain(Node.Cgroups.Groups.Keys, path => path.EndsWith(id.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, false, "Completed")]
    [InlineData(3, false, "Error")]
    [InlineData(137, true, "OOMKilled")]
    [InlineData(0, true, "OOMKilled")]
    public async Task The_end_has_code_reason_and_times(int code, bool oom, string reason)
    {
        ContainerId id = await Node.StartAsync(Sandbox);
        Assert.Equal(ContainerState.Running, Node.Runtime.ContainerStatus(id).State);
        Node.Shims.Of(Sandbox).End(id.Value, code, oom);

        ContainerStatus ended = (await Node.WaitAsync(id, ContainerState.Exited)).Status;
        Assert.Equal((code, reason), (ended.ExitCode, ended.Reason));
        Assert.True(ended.StartedAtNanoseconds > 0 && ended.FinishedAtNanoseconds >= ended.StartedAtNanoseconds);
    }

    [Fact]
    public async Task An_end_that_comes_before_the_answer_to_the_launch_is_kept()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        Node.Shims.OnLaunch = request =>
        {
            FakeShims.Table table = Node.Shims.Of(Sandbox);
            table.Launch(request.ProcessId);
            table.End(request.ProcessId, 6);
            SpinWait.SpinUntil(() => Node.Runtime.ContainerStatus(id).State == ContainerState.Exited, Samples.Patience);
            return null;
        };

        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        ContainerStatus status = Node.Runtime.ContainerStatus(id).Status;
        Assert.Equal((ContainerState.Exited, 6, 0), (status.State, status.ExitCode, status.Pid));
        Assert.True(status.StartedAtNanoseconds > 0);
    }

    [Fact]
    public async Task A_launch_that_fails_leaves_an_exited_container_with_128_and_the_step()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        Node.Shims.OnLaunch = _ => new LaunchOutcome(0, 0, 12, 2, null);

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(
            () => Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("step 12 (errno 2)", failure.Message, StringComparison.Ordinal);
        ContainerStatus status = Node.Runtime.ContainerStatus(id).Status;
        Assert.Equal((ContainerState.Exited, 128, "StartError"), (status.State, status.ExitCode, status.Reason));
        Assert.Contains("step 12", status.Message, StringComparison.Ordinal);
        Assert.True(status.FinishedAtNanoseconds > 0);
        Assert.DoesNotContain(Node.Cgroups.Groups.Keys, path => path.EndsWith(id.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_one_of_two_starts_succeeds()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        Task[] starts = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Node.Runtime.StartContainerAsync(id, CancellationToken.None)))];
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(Samples.Patience);
        Assert.Equal(1, starts.Count(start => start.IsCompletedSuccessfully));
        Assert.Equal(ErrorKind.FailedPrecondition, Assert.IsType<KeelsonException>(starts.Single(start => start.IsFaulted).Exception!.InnerException).Kind);
        Assert.Single(Node.Shims.Launches, launch => launch.ProcessId == id.Value);
    }

    [Theory]
    [InlineData("", "", 15)]
    [InlineData("", "SIGQUIT", 3)]
    [InlineData("SIGUSR1", "SIGQUIT", 10)]
    [InlineData("SIGRTMIN+3", "", 37)]
    public async Task A_stop_begins_with_the_signal_of_the_request_then_the_image_then_TERM(string requested, string image, int expected)
    {
        Node.Shims.DiesOf = (_, _) => true;
        ContainerConfig config = Samples.Container() with { StopSignal = requested };
        ResolvedImage withSignal = Samples.Image() with { Config = ImageRunConfig.Empty with { StopSignal = image } };
        ContainerId id = await Node.Runtime.CreateContainerAsync(
            new CreateContainerRequest { SandboxId = Sandbox, Config = config, Image = withSignal }, CancellationToken.None).WaitAsync(Samples.Patience);
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        await StopAsync(id, TimeSpan.FromSeconds(30));

        Assert.Equal((id.Value, expected, false), Assert.Single(Node.Shims.Signals));
        Assert.Equal(128 + expected, Node.Runtime.ContainerStatus(id).Status.ExitCode);
    }

    [Fact]
    public async Task Who_ignores_the_signal_is_killed_after_the_grace_and_a_second_stop_shortens_it()
    {
        Node.Shims.DiesOf = (_, signal) => signal == 9;
        ContainerId id = await Node.StartAsync(Sandbox);
        Task first = StopAsync(id, TimeSpan.FromHours(1));
        await Task.Delay(100);
        Assert.False(first.IsCompleted);

        await StopAsync(id, TimeSpan.FromMilliseconds(50));

        await first;
        (int, bool)[] signals = [.. Node.Shims.Signals.Select(sent => (sent.Signal, sent.Everyone))];
        Assert.Equal([(15, false), (9, true)], signals);
    }

    [Fact]
    public async Task A_stop_without_grace_kills_at_once()
    {
        ContainerId id = await Node.StartAsync(Sandbox);
        await StopAsync(id, TimeSpan.Zero);
        Assert.Equal((id.Value, 9, true), Assert.Single(Node.Shims.Signals));
        await StopAsync(id, TimeSpan.Zero);
        Assert.Single(Node.Shims.Signals);
    }

    [Fact]
    public async Task A_container_that_survives_SIGKILL_is_told_about_and_killed_on()
    {
        Node.Shims.DiesOf = (_, _) => false;
        ContainerId id = await Node.StartAsync(Sandbox);
        KeelsonException stuck = await Assert.ThrowsAsync<KeelsonException>(() => StopAsync(id, TimeSpan.Zero));
        Assert.Equal(ErrorKind.DeadlineExceeded, stuck.Kind);
        Assert.Equal(ContainerState.Running, Node.Runtime.ContainerStatus(id).State);

        Node.Shims.DiesOf = (_, _) => true;
        await Node.WaitAsync(id, ContainerState.Exited);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_stop_of_what_the_shim_does_not_know_finds_it_ended(int graceSeconds)
    {
        ContainerId id = await Node.StartAsync(Sandbox);
        Node.Shims.Of(Sandbox).Forget(id.Value);

        await StopAsync(id, TimeSpan.FromSeconds(graceSeconds));

        ContainerStatus status = Node.Runtime.ContainerStatus(id).Status;
        Assert.Equal((ContainerState.Exited, 255, "Unknown"), (status.State, status.ExitCode, status.Reason));
    }

    [Fact]
    public async Task Stopping_what_was_never_started_or_does_not_exist_does_nothing()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        await StopAsync(id, TimeSpan.FromSeconds(1));
        await StopAsync(ContainerId.New(), TimeSpan.FromSeconds(1));
        Assert.Equal(ContainerState.Created, Node.Runtime.ContainerStatus(id).State);
        Assert.Empty(Node.Shims.Signals);
    }

    [Fact]
    public async Task A_running_container_is_killed_and_removed_and_its_log_stays()
    {
        ContainerId id = await Node.StartAsync(Sandbox);
        string log = Node.Runtime.ContainerStatus(id).Identity.LogPath;
        File.WriteAllText(log, "kept");

        await Node.Runtime.RemoveContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        await Node.Runtime.RemoveContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.Null(Node.Runtime.FindContainer(id.Value));
        Assert.True(File.Exists(log));
        Assert.False(Directory.Exists(Node.Layout.Container(id).Value));
        Assert.DoesNotContain(Node.Cgroups.Groups.Keys, path => path.EndsWith(id.Value, StringComparison.Ordinal));
        Assert.NotEqual(id, await Node.CreateAsync(Sandbox));
    }

    [Fact]
    public async Task A_repeated_creation_gets_the_same_container_until_it_is_started()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        Assert.Equal(id, await Node.CreateAsync(Sandbox));
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<KeelsonException>(() => Node.CreateAsync(Sandbox))).Kind);
    }

    [Fact]
    public async Task The_lease_on_the_image_is_given_back_in_every_outcome()
    {
        using var first = new Lease();
        using var joined = new Lease();
        using var refused = new Lease();
        await Node.CreateAsync(Sandbox, lease: first);
        await Node.CreateAsync(Sandbox, lease: joined);
        await Assert.ThrowsAsync<KeelsonException>(
            () => Node.CreateAsync(Sandbox, config => config with { Metadata = new ContainerMetadata("x", 0), StopSignal = "SIGNOTHING" }, refused));
        Assert.Equal((1, 1, 1), (first.Disposed, joined.Disposed, refused.Disposed));
    }

    [Fact]
    public async Task An_update_keeps_what_is_not_said_and_a_refused_one_changes_nothing()
    {
        ContainerId id = await Node.StartAsync(Sandbox);
        await Node.Runtime.UpdateResourcesAsync(id, new LinuxResources { CpuQuota = 5000 }, CancellationToken.None).WaitAsync(Samples.Patience);
        LinuxResources updated = Node.Runtime.ContainerStatus(id).Status.Resources;
        Assert.Equal((5000, 512, 64L << 20), (updated.CpuQuota, updated.CpuShares, updated.MemoryLimitBytes));

        Node.Cgroups.UpdateProblem = "the kernel refuses";
        await Assert.ThrowsAsync<KeelsonException>(() => Node.Runtime.UpdateResourcesAsync(id, new LinuxResources { CpuQuota = 1 }, CancellationToken.None).WaitAsync(Samples.Patience));
        Assert.Equal(5000, Node.Runtime.ContainerStatus(id).Status.Resources.CpuQuota);
    }

    [Fact]
    public async Task A_created_container_starts_with_the_updated_limits()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        await Node.Runtime.UpdateResourcesAsync(id, new LinuxResources { CpusetCpus = "0" }, CancellationToken.None).WaitAsync(Samples.Patience);
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal("0", Node.Cgroups.Groups.Single(group => group.Key.EndsWith(id.Value, StringComparison.Ordinal)).Value.Cpu!.Cpus);
    }

    [Fact]
    public async Task Exec_wants_a_running_container_and_a_timeout_is_DeadlineExceeded()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        Assert.Equal(ErrorKind.FailedPrecondition, (await ExecFailsAsync(id)).Kind);
        Assert.Equal(ErrorKind.NotFound, (await ExecFailsAsync(ContainerId.New())).Kind);
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Node.Shims.OnExec = _ => new ExecSyncOutcome(new LaunchOutcome(5, 1, -1, 0, null), 137, true, [], []);
        Assert.Equal(ErrorKind.DeadlineExceeded, (await ExecFailsAsync(id)).Kind);
        Node.Shims.OnExec = _ => new ExecSyncOutcome(new LaunchOutcome(0, 0, 4, 2, null), 0, false, [], []);
        Assert.Contains("step 4 (errno 2)", (await ExecFailsAsync(id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_are_of_running_containers()
    {
        ContainerId running = await Node.StartAsync(Sandbox);
        await Node.CreateAsync(Sandbox, config => config with { Metadata = new ContainerMetadata("idle", 0) });
        ContainerStats stats = Assert.Single(Node.Runtime.ListContainerStats(ContainerFilter.All));
        Assert.Equal(running, stats.Container.Id);
        Assert.Equal((5UL, 7UL), (stats.CpuUsageNanoseconds!.Value, stats.MemoryWorkingSetBytes!.Value));
    }

    [Fact]
    public async Task Reopening_the_log_of_what_does_not_run_is_refused()
    {
        ContainerId id = await Node.CreateAsync(Sandbox);
        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(() => Node.Runtime.ReopenLogAsync(id, CancellationToken.None).WaitAsync(Samples.Patience));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
    }

    private Task<KeelsonException> ExecFailsAsync(ContainerId id) => Assert.ThrowsAsync<KeelsonException>(
        () => Node.Runtime.ExecSyncAsync(id, ["true"], TimeSpan.FromSeconds(1), CancellationToken.None).WaitAsync(Samples.Patience));

    private Task StopAsync(ContainerId id, TimeSpan grace) => Node.Runtime.StopContainerAsync(id, grace, CancellationToken.None).WaitAsync(Samples.Patience);

    private sealed class Lease : IDisposable
    {
        internal int Disposed { get; private set; }

        public void Dispose() => Disposed++;
    }
}
