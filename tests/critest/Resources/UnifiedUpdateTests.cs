namespace Keelson.CriTest.Resources;

/// <summary>UpdateContainerResources on cgroup v2: what was asked for is what the kernel has, all of it or nothing.</summary>
public sealed class UnifiedUpdateTests(CriTarget target) : CriTest(target)
{
    [SkippableFact]
    public async Task Every_limit_can_be_changed_at_once()
    {
        (string id, int pid) = await StartLimitedAsync();

        await UpdateAsync(id, new()
        {
            CpuPeriod = 50_000,
            CpuQuota = 20_000,
            CpuShares = 2048,
            MemoryLimitInBytes = 64 << 20,
            MemorySwapLimitInBytes = 96 << 20,
            CpusetCpus = "0",
            Unified = { ["pids.max"] = "55", ["memory.high"] = "50331648" },
        });

        Assert.Equal("20000 50000", await Cgroups.FileAsync(pid, "cpu.max"));
        Assert.Equal("174", await Cgroups.FileAsync(pid, "cpu.weight"));
        Assert.Equal("67108864", await Cgroups.FileAsync(pid, "memory.max"));
        Assert.Equal("33554432", await Cgroups.FileAsync(pid, "memory.swap.max"));
        Assert.Equal("0", await Cgroups.FileAsync(pid, "cpuset.cpus"));
        Assert.Equal("0", await Cgroups.FileAsync(pid, "cpuset.cpus.effective"));
        Assert.Equal("55", await Cgroups.FileAsync(pid, "pids.max"));
        Assert.Equal("50331648", await Cgroups.FileAsync(pid, "memory.high"));
    }

    [SkippableFact]
    public async Task A_quota_can_be_taken_away()
    {
        (string id, int pid) = await StartLimitedAsync();

        await UpdateAsync(id, new() { CpuPeriod = 100_000, CpuQuota = -1 });

        Assert.Equal("max 100000", await Cgroups.FileAsync(pid, "cpu.max"));
    }

    [SkippableFact]
    public async Task A_change_that_is_refused_in_part_changes_nothing()
    {
        (string id, int pid) = await StartLimitedAsync();

        await FailsAsync(() => UpdateAsync(id, new()
        {
            CpuPeriod = 50_000,
            CpuQuota = 20_000,
            MemoryLimitInBytes = 64 << 20,
            Unified = { ["pids.max"] = "many" },
        }));

        Assert.Equal("50000 100000", await Cgroups.FileAsync(pid, "cpu.max"));
        Assert.Equal("33554432", await Cgroups.FileAsync(pid, "memory.max"));
        Cri.LinuxContainerResources told = (await StatusAsync(id)).Resources.Linux;
        Assert.Equal(32 << 20, told.MemoryLimitInBytes);
        Assert.DoesNotContain("pids.max", told.Unified.Keys);
    }

    private async Task<(string Id, int Pid)> StartLimitedAsync()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources = new()
        {
            CpuPeriod = 100_000,
            CpuQuota = 50_000,
            CpuShares = 256,
            MemoryLimitInBytes = 32 << 20,
            OomScoreAdj = 1000,
        });
        return (id, await PidAsync(id));
    }

    private Task UpdateAsync(string id, Cri.LinuxContainerResources resources) =>
        Client.UpdateContainerResourcesAsync(new() { ContainerId = id, Linux = resources });
}
