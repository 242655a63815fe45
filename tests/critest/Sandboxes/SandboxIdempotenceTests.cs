namespace Keelson.CriTest.Sandboxes;

public sealed class SandboxIdempotenceTests(CriTarget target) : CriTest(target)
{
    private const string Unknown = "feedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface";

    [Fact]
    public async Task A_stop_can_be_repeated()
    {
        Pod pod = await RunPodAsync();

        for (int time = 0; time < 3; time++)
        {
            await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        }

        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal(Cri.PodSandboxState.SandboxNotready, status.State);
    }

    [Fact]
    public async Task A_removal_can_be_repeated()
    {
        Pod pod = await RunPodAsync();
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });

        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });

        await FailsAsync(CriStatus.NotFound, () => PodStatusAsync(pod.Id));
    }

    [SkippableFact]
    public async Task Stopping_what_does_not_exist_is_success()
    {
        SkipOn("containerd", "1.6 answers NotFound, which the kubelet tolerates");

        await Client.StopPodSandboxAsync(new() { PodSandboxId = Unknown });
    }

    [Fact]
    public async Task Removing_what_does_not_exist_is_success()
    {
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = Unknown });
    }

    [Fact]
    public async Task The_status_of_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => PodStatusAsync(Unknown));
    }

    [Fact]
    public async Task A_running_sandbox_is_removed_with_all_that_runs_in_it()
    {
        Pod pod = await RunPodAsync();
        string container = await StartSleeperAsync(pod);

        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });

        await FailsAsync(CriStatus.NotFound, () => PodStatusAsync(pod.Id));
        await FailsAsync(CriStatus.NotFound, () => StatusAsync(container));
    }

    [Fact]
    public async Task A_stop_kills_what_runs_in_the_sandbox()
    {
        Pod pod = await RunPodAsync();
        string container = await StartAsync(pod, Shell("trap '' TERM; while :; do sleep 0.1; done"));

        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });

        Cri.ContainerStatus status = await StatusAsync(container);
        Assert.Equal(Cri.ContainerState.ContainerExited, status.State);
        Assert.Equal(137, status.ExitCode);
        Assert.True(status.FinishedAt >= status.StartedAt);
    }

    [Fact]
    public async Task Stops_at_once_all_succeed()
    {
        Pod pod = await RunPodAsync();
        await StartSleeperAsync(pod);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id })));

        Assert.Equal(Cri.PodSandboxState.SandboxNotready, (await PodStatusAsync(pod.Id)).State);
    }

    [Fact]
    public async Task A_stopped_sandbox_takes_no_container()
    {
        Pod pod = await RunPodAsync();
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });

        await FailsAsync(() => StartSleeperAsync(pod));
    }

    [Fact]
    public async Task A_container_in_an_unknown_sandbox_is_refused()
    {
        Pod pod = await RunPodAsync();

        await FailsAsync(() => CreateAsync(pod with { Id = Unknown }, Shell("true")));
    }
}
