namespace Keelson.CriTest.Stats;

public sealed class ContainerStatsTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_running_container_has_cpu_and_memory()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("while :; do :; done"));
        await Task.Delay(300);

        Cri.ContainerStats stats = (await Client.ContainerStatsAsync(new() { ContainerId = id })).Stats;

        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(id, stats.Attributes.Id);
        Assert.Equal(status.Metadata, stats.Attributes.Metadata);
        Assert.Equal(status.Labels, stats.Attributes.Labels);
        Assert.NotEqual(0, stats.Cpu.Timestamp);
        Assert.True(stats.Cpu.UsageCoreNanoSeconds.Value > 1_000_000);
        Assert.NotEqual(0, stats.Memory.Timestamp);
        Assert.True(stats.Memory.WorkingSetBytes.Value > 0);
    }

    [Fact]
    public async Task Cpu_time_grows()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("while :; do :; done"));

        ulong first = (await Client.ContainerStatsAsync(new() { ContainerId = id })).Stats.Cpu.UsageCoreNanoSeconds.Value;
        await Eventually.IsTrueAsync("more cpu time is told", async () =>
            (await Client.ContainerStatsAsync(new() { ContainerId = id })).Stats.Cpu.UsageCoreNanoSeconds.Value > first + 50_000_000);
    }

    [Fact]
    public async Task What_a_container_writes_is_counted()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("head -c 3000000 /dev/urandom > /file; sync; sleep 1000"));

        // Some runtimes look at the files every few seconds only.
        await Eventually.IsTrueAsync("the file is counted", async () =>
            (await Client.ContainerStatsAsync(new() { ContainerId = id })).Stats.WritableLayer?.UsedBytes?.Value >= 3_000_000, TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task A_list_has_what_runs()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string one = await StartSleeperAsync(pod);
        string two = await StartSleeperAsync(pod);
        await RunAsync(pod, "true");

        string[] ids = [.. (await ListAsync(new() { PodSandboxId = pod.Id })).Select(stats => stats.Attributes.Id)];

        Assert.Contains(one, ids);
        Assert.Contains(two, ids);
    }

    [Fact]
    public async Task A_list_can_be_narrowed()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string one = await StartSleeperAsync(pod, config => config.Labels.Add("colour", "green"));
        await StartSleeperAsync(pod);

        Assert.Equal(one, Assert.Single(await ListAsync(new() { Id = one })).Attributes.Id);
        Assert.Equal(one, Assert.Single(await ListAsync(new() { PodSandboxId = pod.Id, LabelSelector = { ["colour"] = "green" } })).Attributes.Id);
        Assert.Empty(await ListAsync(new() { Id = "feedfacefeedface" }));
    }

    [Fact]
    public async Task A_list_is_answered_while_containers_come_and_go()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Task churn = ChurnAsync(pod);

        while (!churn.IsCompleted)
        {
            await ListAsync(new() { PodSandboxId = pod.Id });
        }

        await churn;
    }

    private async Task ChurnAsync(Pod pod)
    {
        for (int time = 0; time < 10; time++)
        {
            Ran ran = await RunAsync(pod, "true");
            await Client.RemoveContainerAsync(new() { ContainerId = ran.Id });
        }
    }

    private async Task<IReadOnlyList<Cri.ContainerStats>> ListAsync(Cri.ContainerStatsFilter filter) =>
        (await Client.ListContainerStatsAsync(new() { Filter = filter })).Stats;
}
