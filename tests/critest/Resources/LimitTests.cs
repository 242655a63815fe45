namespace Keelson.CriTest.Resources;

public sealed class LimitTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_memory_limit_is_the_cgroups()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources.MemoryLimitInBytes = 32 << 20);

        Assert.Equal(32 << 20, await Cgroups.MemoryLimitAsync(await PidAsync(id)));
    }

    [Fact]
    public async Task A_cpu_limit_is_the_cgroups()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config =>
        {
            config.Linux.Resources.CpuPeriod = 50000;
            config.Linux.Resources.CpuQuota = 25000;
        });

        Assert.Equal((25000L, 50000L), await Cgroups.CpuLimitAsync(await PidAsync(id)));
    }

    [Fact]
    public async Task Cpu_shares_are_the_cgroups()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources.CpuShares = 512);

        Assert.Equal(Cgroups.IsUnified ? 59 : 512, await Cgroups.CpuSharesAsync(await PidAsync(id)));
    }

    [Fact]
    public async Task The_out_of_memory_score_is_the_processes()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("987", (await RunAsync(pod, "cat /proc/self/oom_score_adj", config => config.Linux.Resources.OomScoreAdj = 987)).Text);
    }

    [Fact]
    public async Task A_container_that_takes_too_much_memory_is_killed_and_says_so()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "tail -c 200000000 /dev/zero | tail", config =>
        {
            config.Linux.Resources.MemoryLimitInBytes = 16 << 20;
            config.Linux.Resources.MemorySwapLimitInBytes = 16 << 20;
            // The shell must not survive: what is reported is the fate of process 1.
            config.Command.Clear();
            config.Command.Add(["/bin/tail", "-c", "200000000", "/dev/zero"]);
        });

        Assert.Equal("OOMKilled", ran.Status.Reason);
        Assert.Equal(137, ran.Status.ExitCode);
    }

    [Fact]
    public async Task The_cgroup_is_below_the_parent_asked_for()
    {
        using var parent = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.CgroupParent = parent.Path);
        string id = await StartSleeperAsync(pod);

        Assert.StartsWith(parent.Path + "/", Cgroups.PathOf(await PidAsync(id), "memory"), StringComparison.Ordinal);

        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
        Assert.True(parent.Exists, "the parent is the kubelet's and must stay");
        Assert.Empty(parent.Children);
    }

    [Fact]
    public async Task Limits_change_while_the_container_runs()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources = new()
        {
            CpuPeriod = 100000,
            CpuQuota = 50000,
            CpuShares = 256,
            MemoryLimitInBytes = 32 << 20,
            OomScoreAdj = 1000,
        });
        int pid = await PidAsync(id);

        await UpdateAsync(id, new() { CpuQuota = 20000, CpuPeriod = 100000, CpuShares = 1024, MemoryLimitInBytes = 64 << 20 });

        Assert.Equal(64 << 20, await Cgroups.MemoryLimitAsync(pid));
        Assert.Equal((20000L, 100000L), await Cgroups.CpuLimitAsync(pid));
        Assert.Equal(Cgroups.IsUnified ? 100 : 1024, await Cgroups.CpuSharesAsync(pid));
    }

    [Fact]
    public async Task What_an_update_does_not_name_stays()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources = new()
        {
            CpuPeriod = 100000,
            CpuQuota = 50000,
            CpuShares = 256,
            MemoryLimitInBytes = 32 << 20,
            OomScoreAdj = 1000,
        });
        int pid = await PidAsync(id);

        await UpdateAsync(id, new() { MemoryLimitInBytes = 48 << 20 });

        Assert.Equal(48 << 20, await Cgroups.MemoryLimitAsync(pid));
        Assert.Equal((50000L, 100000L), await Cgroups.CpuLimitAsync(pid));
    }

    [Fact]
    public async Task Limits_may_change_before_the_start()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("sleep 100"), config => config.Linux.Resources.MemoryLimitInBytes = 32 << 20);

        await UpdateAsync(id, new() { MemoryLimitInBytes = 40 << 20 });
        await Client.StartContainerAsync(new() { ContainerId = id });

        Assert.Equal(40 << 20, await Cgroups.MemoryLimitAsync(await PidAsync(id)));
    }

    [SkippableFact]
    public async Task A_changed_limit_is_told_back()
    {
        SkipOn("containerd", "status.resources is in containerd 1.7");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources.MemoryLimitInBytes = 32 << 20);

        await UpdateAsync(id, new() { MemoryLimitInBytes = 64 << 20 });

        Assert.Equal(64 << 20, (await StatusAsync(id)).Resources.Linux.MemoryLimitInBytes);
    }

    private Task UpdateAsync(string id, Cri.LinuxContainerResources resources) =>
        Client.UpdateContainerResourcesAsync(new() { ContainerId = id, Linux = resources });
}
