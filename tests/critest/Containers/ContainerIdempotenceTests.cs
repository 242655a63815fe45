namespace Keelson.CriTest.Containers;

public sealed class ContainerIdempotenceTests(CriTarget target) : CriTest(target)
{
    private const string Unknown = "feedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface";

    [SkippableFact]
    public async Task Stopping_what_does_not_exist_is_success()
    {
        SkipOn("containerd", "1.6 answers NotFound, which the kubelet tolerates");

        await Client.StopContainerAsync(new() { ContainerId = Unknown });
    }

    [Fact]
    public async Task Removing_what_does_not_exist_is_success()
    {
        await Client.RemoveContainerAsync(new() { ContainerId = Unknown });
    }

    [Fact]
    public async Task The_status_of_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => StatusAsync(Unknown));
    }

    [Fact]
    public async Task Starting_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => Client.StartContainerAsync(new() { ContainerId = Unknown }));
    }

    [Fact]
    public async Task Executing_in_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => ExecAsync(Unknown, "true"));
    }

    [Fact]
    public async Task Updating_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => Client.UpdateContainerResourcesAsync(
            new() { ContainerId = Unknown, Linux = new() { CpuShares = 100 } }));
    }

    [Fact]
    public async Task Stats_of_what_does_not_exist_are_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => Client.ContainerStatsAsync(new() { ContainerId = Unknown }));
    }

    [Fact]
    public async Task Reopening_the_log_of_what_does_not_exist_is_not_found()
    {
        await FailsAsync(CriStatus.NotFound, () => Client.ReopenContainerLogAsync(new() { ContainerId = Unknown }));
    }

    [Fact]
    public async Task A_stop_can_be_repeated_and_changes_nothing()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod);
        await Task.Delay(200);
        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 10 });
        Cri.ContainerStatus first = await StatusAsync(id);

        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 0 });

        Assert.Equal(first, await StatusAsync(id));
    }

    [Fact]
    public async Task Stopping_what_was_not_started_is_success()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("true"));

        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 5 });
    }

    [Fact]
    public async Task A_removal_can_be_repeated()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Ran ran = await RunAsync(pod, "true");

        await Client.RemoveContainerAsync(new() { ContainerId = ran.Id });
        await Client.RemoveContainerAsync(new() { ContainerId = ran.Id });
    }

    [Fact]
    public async Task A_running_container_is_killed_and_removed()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("trap '' TERM; while :; do sleep 0.1; done"));

        await Client.RemoveContainerAsync(new() { ContainerId = id });

        await FailsAsync(CriStatus.NotFound, () => StatusAsync(id));
    }

    [Fact]
    public async Task A_removal_leaves_the_log_to_the_kubelet()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("echo kept"));
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        await ExitOfAsync(id);

        await Client.RemoveContainerAsync(new() { ContainerId = id });

        Assert.Equal("kept\n", CriLog.Text(pod.LogPath(config)));
    }
}
