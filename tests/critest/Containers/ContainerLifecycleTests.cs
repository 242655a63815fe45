namespace Keelson.CriTest.Containers;

public sealed class ContainerLifecycleTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_container_is_created_then_runs_then_has_exited()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("trap 'exit 3' TERM; while :; do sleep 0.05; done"));
        Assert.Matches("^[0-9a-f]{64}$", id);

        Cri.ContainerStatus created = await StatusAsync(id);
        Assert.Equal(Cri.ContainerState.ContainerCreated, created.State);
        Assert.NotEqual(0, created.CreatedAt);
        Assert.Equal(0, created.StartedAt);
        Assert.Equal(0, created.FinishedAt);

        await Client.StartContainerAsync(new() { ContainerId = id });
        Cri.ContainerStatus running = await StatusAsync(id);
        Assert.Equal(Cri.ContainerState.ContainerRunning, running.State);
        Assert.True(running.StartedAt >= running.CreatedAt);
        Assert.Equal(0, running.FinishedAt);

        await Task.Delay(200);
        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 10 });
        Cri.ContainerStatus exited = await StatusAsync(id);
        Assert.Equal(Cri.ContainerState.ContainerExited, exited.State);
        Assert.Equal(running.StartedAt, exited.StartedAt);
        Assert.True(exited.FinishedAt >= exited.StartedAt);
        Assert.Equal(3, exited.ExitCode);

        await Client.RemoveContainerAsync(new() { ContainerId = id });
        await FailsAsync(CriStatus.NotFound, () => StatusAsync(id));
    }

    [Fact]
    public async Task Nothing_runs_before_the_start()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string shared = Files.Sub("shared");
        string id = await CreateAsync(pod, Shell("touch /shared/ran"), config => config.Mounts.Add(Kubelet.Bind(shared, "/shared")));

        await Task.Delay(300);
        Assert.False(File.Exists($"{shared}/ran"));

        await Client.StartContainerAsync(new() { ContainerId = id });
        await ExitOfAsync(id);
        Assert.True(File.Exists($"{shared}/ran"));
    }

    [Theory]
    [InlineData("exit 0", 0, "Completed")]
    [InlineData("exit 1", 1, "Error")]
    [InlineData("exit 42", 42, "Error")]
    [InlineData("exit 255", 255, "Error")]
    [InlineData("kill -KILL $$; sleep 5", 137, "Error")]
    public async Task The_exit_code_and_its_reason_are_told(string script, int code, string reason)
    {
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Pid = Cri.NamespaceMode.Pod);

        Ran ran = await RunAsync(pod, script);

        Assert.Equal(code, ran.Status.ExitCode);
        Assert.Equal(reason, ran.Status.Reason);
    }

    [Fact]
    public async Task Only_a_created_container_is_started()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod);

        await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(id)).State);
        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 10 });
        await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));
        Assert.Equal(Cri.ContainerState.ContainerExited, (await StatusAsync(id)).State);
    }

    [Fact]
    public async Task Of_two_starts_at_once_one_succeeds()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("while :; do sleep 0.1; done"));

        Task[] starts = [.. Enumerable.Range(0, 4).Select(_ => Client.StartContainerAsync(new() { ContainerId = id }))];
        await Task.WhenAll(starts).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(1, starts.Count(start => start.IsCompletedSuccessfully));
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(id)).State);
    }

    [Fact]
    public async Task Containers_come_and_go_without_the_pod_noticing()
    {
        Pod pod = await RunHostNetworkPodAsync();

        for (int time = 0; time < 5; time++)
        {
            Ran ran = await RunAsync(pod, "echo done");
            Assert.Equal("done", ran.Text);
            await Client.RemoveContainerAsync(new() { ContainerId = ran.Id });
        }

        Assert.Equal(Cri.PodSandboxState.SandboxReady, (await PodStatusAsync(pod.Id)).State);
    }

    [Fact]
    public async Task A_process_that_outlives_its_parent_is_reaped_with_the_container()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "sleep 1000 & sleep 1000 & echo started");

        Assert.Equal("started", ran.Text);
        Assert.Equal(0, ran.Status.ExitCode);
    }
}
