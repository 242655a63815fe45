using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Sandboxes;

public sealed class SandboxLifecycleTests
{
    [Fact]
    public async Task A_sandbox_is_ready_with_an_address_and_gives_everything_back()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();

        SandboxSnapshot sandbox = node.Runtime.SandboxStatus(id);
        Assert.True(sandbox.IsReady);
        Assert.Equal("10.0.0.2", Assert.Single(sandbox.Status.Addresses));
        Assert.Equal(64L << 20, Assert.Single(node.Host.SharedMemories).Value);
        Assert.Equal("web\n", File.ReadAllText(node.Layout.Pod(id).Child("hostname").Value));
        Assert.Equal("search cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n", File.ReadAllText(node.Layout.Pod(id).Child("resolv.conf").Value));

        await StopAsync(node, id);
        await StopAsync(node, id);
        Assert.Equal(SandboxState.NotReady, node.Runtime.SandboxStatus(id).State);
        Assert.Empty(node.Runtime.SandboxStatus(id).Status.Addresses);
        node.AssertNothingIsHeld();

        await RemoveAsync(node, id);
        await RemoveAsync(node, id);
        Assert.Empty(node.Runtime.ListSandboxes(SandboxFilter.All));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<KeelsonException>(() => node.Runtime.SandboxStatus(id)).Kind);
        Assert.False(Directory.Exists(node.Layout.Sandbox(id).Value));
    }

    [Fact]
    public async Task Stopping_and_removing_what_does_not_exist_is_success()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await StopAsync(node, SandboxId.New());
        await RemoveAsync(node, SandboxId.New());
    }

    [Fact]
    public async Task Sysctls_go_to_the_namespace_they_belong_to()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await node.RunAsync(node.Sandbox() with { Sysctls = Maps.Of([new("net.ipv4.tcp_syncookies", "0"), new("kernel.shmmax", "1000")]) });
        IReadOnlyList<KeyValuePair<string, string>> network = Assert.Single(node.Host.Namespaces).Value;
        Assert.Contains(new KeyValuePair<string, string>("net/ipv4/tcp_syncookies", "0"), network);
        Assert.Contains(new KeyValuePair<string, string>("net/ipv4/ip_unprivileged_port_start", "0"), network);
        Assert.Equal(new KeyValuePair<string, string>("kernel/shmmax", "1000"), Assert.Single(node.Plans.LastPause!.Sysctls));
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("network")]
    [InlineData("namespace")]
    public async Task A_failing_step_is_named_and_everything_is_taken_back(string step)
    {
        await using FakeNode node = await FakeNode.StartAsync();
        Break(node, step);

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync());

        Assert.Contains("run sandbox 'web_default_uid-web_0'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("errno", failure.Message, StringComparison.Ordinal);
        node.AssertNothingIsHeld();
        Assert.Empty(node.Runtime.ListSandboxes(SandboxFilter.All));
        Assert.Empty(Directory.EnumerateFileSystemEntries(node.Layout.Sandboxes.Value));

        Break(node, string.Empty);
        await node.RunAsync();
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_kept_for_stop_and_remove()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        Break(node, "network");
        node.Host.RefuseNamespaceRemoval = true;

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync());

        Assert.Contains("remove network namespace", failure.Message, StringComparison.Ordinal);
        SandboxSnapshot kept = Assert.Single(node.Runtime.ListSandboxes(SandboxFilter.All));
        Assert.Equal(SandboxState.NotReady, kept.State);
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync())).Kind);

        node.Host.RefuseNamespaceRemoval = false;
        await StopAsync(node, kept.Id);
        await RemoveAsync(node, kept.Id);
        node.AssertNothingIsHeld();
        Break(node, string.Empty);
        await node.RunAsync();
    }

    [Theory]
    [InlineData(ErrorKind.Unavailable, ErrorKind.Unavailable)]
    [InlineData(ErrorKind.NotFound, ErrorKind.Internal)]
    public async Task A_network_that_cannot_be_left_fails_the_stop_until_it_can_and_never_as_NotFound(ErrorKind kind, ErrorKind told)
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        node.Network.DetachProblem = "the plugin is gone";
        node.Network.DetachKind = kind;

        KeelsonException stop = await Assert.ThrowsAsync<KeelsonException>(() => StopAsync(node, id));
        Assert.Equal(told, stop.Kind);
        Assert.Contains("the plugin is gone", stop.Message, StringComparison.Ordinal);
        Assert.Equal(SandboxState.NotReady, node.Runtime.SandboxStatus(id).State);
        Assert.Equal(told, (await Assert.ThrowsAsync<KeelsonException>(() => RemoveAsync(node, id))).Kind);

        node.Network.DetachProblem = null;
        await RemoveAsync(node, id);
        node.AssertNothingIsHeld();
    }

    [Fact]
    public async Task A_retry_joins_the_run_whose_caller_gave_up()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        var gate = new TaskCompletionSource();
        node.Network.BeforeAttach = () => gate.Task;
        using var deadline = new CancellationTokenSource();
        Task<SandboxId> first = node.RunAsync(cancellationToken: deadline.Token);
        SpinWait.SpinUntil(() => !node.Shims.Launches.IsEmpty, Samples.Patience);
        await Task.Delay(300);
        await deadline.CancelAsync();

        KeelsonException late = await Assert.ThrowsAsync<KeelsonException>(() => first);
        Assert.Equal(ErrorKind.DeadlineExceeded, late.Kind);
        Assert.Contains("stage 'network'", late.Message, StringComparison.Ordinal);

        Task<SandboxId> retry = node.RunAsync();
        gate.SetResult();
        SandboxId id = await retry;
        Assert.Equal(id, Assert.Single(node.Runtime.ListSandboxes(SandboxFilter.All)).Id);
        Assert.Equal(id, await node.RunAsync());
        Assert.Equal(
            ErrorKind.AlreadyExists,
            (await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync(node.Sandbox() with { Hostname = "other" }))).Kind);
    }

    [Fact]
    public async Task Without_a_network_only_pods_of_the_hosts_network_run()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        node.Network.Problem = "no CNI configuration (errno none)";
        await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync());
        SandboxId id = await node.RunAsync(node.Sandbox("host", hostNetwork: true));
        Assert.Empty(node.Runtime.SandboxStatus(id).Status.Addresses);
        Assert.Empty(node.Host.Namespaces);
        Assert.False(node.Runtime.NetworkStatus().Ready);
    }

    [Fact]
    public async Task A_sandbox_whose_pause_dies_is_not_ready()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        node.Shims.Of(id).End(id.Value, 137);
        await node.WaitAsync(id, SandboxState.NotReady);
        await RemoveAsync(node, id);
        node.AssertNothingIsHeld();
    }

    [Fact]
    public async Task A_shim_that_crashes_ends_its_pod()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        ContainerId container = await node.StartAsync(id);

        node.Shims.Crash(id);

        await node.WaitAsync(id, SandboxState.NotReady);
        ContainerSnapshot ended = await node.WaitAsync(container, ContainerState.Exited);
        Assert.Equal((255, "Unknown"), (ended.Status.ExitCode, ended.Status.Reason));
        Assert.Contains(node.Cgroups.Killed, path => path.EndsWith(container.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_connection_to_a_living_shim_is_made_anew()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        ContainerId container = await node.StartAsync(id);
        FakeShims.Table table = node.Shims.Of(id);
        await using (FakeShims.FakeShim other = table.Connect())
        {
            // The end is told to another connection only, so ours learns of it from the list.
            table.End(container.Value, 4);
        }

        await node.Runtime.StopContainerAsync(container, TimeSpan.FromSeconds(1), CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(ContainerState.Exited, node.Runtime.ContainerStatus(container).State);
        Assert.True(node.Runtime.SandboxStatus(id).IsReady);
    }

    [Fact]
    public async Task A_stop_kills_the_containers_and_a_stopped_sandbox_takes_no_more()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        ContainerId container = await node.StartAsync(id);
        ContainerId created = await node.CreateAsync(id, config => config with { Metadata = new ContainerMetadata("second", 0) });

        await StopAsync(node, id);

        Assert.Equal(137, node.Runtime.ContainerStatus(container).Status.ExitCode);
        Assert.Equal(ContainerState.Created, node.Runtime.ContainerStatus(created).State);
        Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<KeelsonException>(
            () => node.CreateAsync(id, config => config with { Metadata = new ContainerMetadata("third", 0) }))).Kind);
        Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<KeelsonException>(
            () => node.Runtime.StartContainerAsync(created, CancellationToken.None).WaitAsync(Samples.Patience))).Kind);
        await RemoveAsync(node, id);
        Assert.Empty(node.Runtime.ListContainers(ContainerFilter.All));
    }

    [Fact]
    public async Task Events_tell_the_life_of_a_sandbox()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        using var end = new CancellationTokenSource(Samples.Patience);
        IAsyncEnumerator<PodEvent> events = node.Runtime.EventsAsync(end.Token).GetAsyncEnumerator(end.Token);
        ValueTask<bool> first = events.MoveNextAsync();
        SandboxId id = await node.RunAsync();
        await RemoveAsync(node, id);

        var kinds = new List<PodEventKind>();
        Assert.True(await first);
        kinds.Add(events.Current.Kind);
        while (kinds.Count < 4 && await events.MoveNextAsync())
        {
            kinds.Add(events.Current.Kind);
        }

        Assert.Equal([PodEventKind.Created, PodEventKind.Started, PodEventKind.Stopped, PodEventKind.Deleted], kinds);
        await events.DisposeAsync();
    }

    private static void Break(FakeNode node, string step)
    {
        node.Shims.OnLaunch = _ => step == "pause" ? new LaunchOutcome(0, 0, 3, 1, null) : null;
        node.Network.Problem = step == "network" ? "bridge refused (errno 1)" : null;
        node.Host.RefuseNamespaces = step == "namespace";
    }

    private static Task StopAsync(FakeNode node, SandboxId id) => node.Runtime.StopSandboxAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

    private static Task RemoveAsync(FakeNode node, SandboxId id) => node.Runtime.RemoveSandboxAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
}
