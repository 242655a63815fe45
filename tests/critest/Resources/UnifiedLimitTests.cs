namespace Keelson.CriTest.Resources;

/// <summary>Limits as cgroup v2 has them: other files, other units, and some that version 1 has not.</summary>
public sealed class UnifiedLimitTests(CriTarget target) : CriTest(target)
{
    private const string Megabytes16 = "16777216";

    [SkippableFact]
    public async Task Swap_is_what_the_sum_leaves_above_memory()
    {
        int pid = await StartAsync(resources =>
        {
            resources.MemoryLimitInBytes = 32 << 20;
            resources.MemorySwapLimitInBytes = 48 << 20;
        });

        Assert.Equal(Megabytes16, await Cgroups.FileAsync(pid, "memory.swap.max"));
    }

    [SkippableFact]
    public async Task A_sum_that_equals_memory_leaves_no_swap()
    {
        int pid = await StartAsync(resources =>
        {
            resources.MemoryLimitInBytes = 32 << 20;
            resources.MemorySwapLimitInBytes = 32 << 20;
        });

        Assert.Equal("0", await Cgroups.FileAsync(pid, "memory.swap.max"));
    }

    [SkippableFact]
    public async Task Unified_settings_are_written_as_they_stand()
    {
        int pid = await StartAsync(resources =>
        {
            resources.Unified.Add("memory.high", Megabytes16);
            resources.Unified.Add("pids.max", "77");
            resources.Unified.Add("io.weight", "250");
            resources.Unified.Add("cpu.weight", "321");
        });

        Assert.Equal(Megabytes16, await Cgroups.FileAsync(pid, "memory.high"));
        Assert.Equal("77", await Cgroups.FileAsync(pid, "pids.max"));
        Assert.Equal("default 250", await Cgroups.FileAsync(pid, "io.weight"));
        Assert.Equal("321", await Cgroups.FileAsync(pid, "cpu.weight"));
    }

    [SkippableTheory]
    [InlineData("../memory.max")]
    [InlineData("memory.no-such-thing")]
    [InlineData("no-such-controller.max")]
    public async Task A_unified_setting_that_the_group_has_not_fails_the_container(string file)
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartSleeperAsync(pod, config => config.Linux.Resources.Unified.Add(file, "1")));
    }

    [SkippableFact]
    public async Task A_bound_on_processes_refuses_the_next_one()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done", config => config.Linux.Resources.Unified.Add("pids.max", "5"));

        Assert.Contains("fork", ran.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Huge_pages_are_limited_when_touched_and_when_reserved()
    {
        Cgroups.RequireUnified();
        Skip.IfNot(Directory.Exists("/sys/kernel/mm/hugepages/hugepages-2048kB"), "the kernel has no huge pages of 2 MB");
        int pid = await StartAsync(resources => resources.HugepageLimits.Add(new Cri.HugepageLimit { PageSize = "2MB", Limit = 4 << 20 }));

        Assert.Equal("4194304", await Cgroups.FileAsync(pid, "hugetlb.2MB.max"));
        Assert.Equal("4194304", await Cgroups.FileAsync(pid, "hugetlb.2MB.rsvd.max"));
    }

    [SkippableFact]
    public async Task A_set_of_processors_binds()
    {
        Cgroups.RequireUnified();
        Skip.IfNot(Environment.ProcessorCount > 1, "needs two processors");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "nproc; grep -E '^(Cpus|Mems)_allowed_list' /proc/self/status | cut -f2", config =>
        {
            config.Linux.Resources.CpusetCpus = "1";
            config.Linux.Resources.CpusetMems = "0";
        });

        Assert.Equal(["1", "1", "0"], ran.Lines);
    }

    [SkippableFact]
    public async Task A_quota_throttles()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("while :; do :; done"), config =>
        {
            config.Linux.Resources.CpuPeriod = 100_000;
            config.Linux.Resources.CpuQuota = 10_000;
        });
        int pid = await PidAsync(id);

        await Eventually.IsTrueAsync("it is throttled", async () =>
            !(await Cgroups.FileAsync(pid, "cpu.stat")).Contains("nr_throttled 0", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Where_all_die_together_one_that_takes_too_much_memory_ends_the_container()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "tail -c 200000000 /dev/zero & wait; sleep 100", config =>
        {
            config.Linux.Resources.MemoryLimitInBytes = 16 << 20;
            config.Linux.Resources.MemorySwapLimitInBytes = 16 << 20;
            config.Linux.Resources.Unified.Add("memory.oom.group", "1");
        });

        Assert.Equal("OOMKilled", ran.Status.Reason);
        Assert.Equal(137, ran.Status.ExitCode);
    }

    [SkippableFact]
    public async Task Where_each_dies_alone_the_container_goes_on()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "tail -c 200000000 /dev/zero; echo survived; exit 3", config =>
        {
            config.Linux.Resources.MemoryLimitInBytes = 16 << 20;
            config.Linux.Resources.MemorySwapLimitInBytes = 16 << 20;
        });

        Assert.Equal("survived\n", ran.Output);
        Assert.Equal(3, ran.Status.ExitCode);
    }

    [SkippableFact]
    public async Task Statistics_are_the_groups()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("head -c 4000000 /dev/zero > /dev/shm/ballast; while :; do sleep 0.05; done"), config =>
        {
            config.Linux.Resources.MemoryLimitInBytes = 64 << 20;
            config.Linux.Resources.MemorySwapLimitInBytes = 96 << 20;
        });
        int pid = await PidAsync(id);
        await Eventually.IsTrueAsync("the memory is in use", async () => long.Parse(await Cgroups.FileAsync(pid, "memory.current")) > 4_000_000);

        Cri.ContainerStats stats = (await Client.ContainerStatsAsync(new() { ContainerId = id })).Stats;

        ulong current = ulong.Parse(await Cgroups.FileAsync(pid, "memory.current"));
        Assert.InRange(stats.Memory.UsageBytes.Value, current / 2, current * 2);
        Assert.InRange(stats.Memory.WorkingSetBytes.Value, 4_000_000ul, stats.Memory.UsageBytes.Value);
        Assert.Equal((64ul << 20) - stats.Memory.WorkingSetBytes.Value, stats.Memory.AvailableBytes.Value);
        Assert.True(stats.Memory.RssBytes.Value > 0);
        Assert.True(stats.Memory.PageFaults.Value > 0);
        Assert.Equal(0ul, stats.Swap.SwapUsageBytes.Value);
        Assert.Equal(32ul << 20, stats.Swap.SwapAvailableBytes.Value);
        Assert.True(stats.Cpu.UsageCoreNanoSeconds.Value > 0);
    }

    private async Task<int> StartAsync(Action<Cri.LinuxContainerResources> limits)
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();
        return await PidAsync(await StartSleeperAsync(pod, config => limits(config.Linux.Resources)));
    }
}
