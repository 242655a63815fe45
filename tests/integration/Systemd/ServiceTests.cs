using System.Globalization;

namespace Keelson.Integration.Systemd;

/// <summary>The packaged unit under a real service manager: when it is ready, what a stop spares, what it survives.</summary>
public sealed class ServiceTests(Machine machine) : DaemonTest(machine)
{
    private const string Counting = "n=0; while :; do n=$((n + 1)); echo $n; sleep 0.05; done";

    [SkippableFact]
    public async Task A_start_returns_when_the_daemon_serves()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();

        await unit.StartAsync();

        // One call, no second try: systemd waited for the daemon's word.
        using var client = new CriClient(unit.Endpoint);
        Assert.Empty((await client.ListPodSandboxAsync(new())).Items);
        Assert.Equal("active", await unit.PropertyAsync("ActiveState"));
        Assert.Equal("serving", await unit.PropertyAsync("StatusText"));
        Assert.Equal("-999", (await File.ReadAllTextAsync($"/proc/{await unit.MainPidAsync()}/oom_score_adj")).Trim());
    }

    [SkippableFact]
    public async Task The_unit_file_has_nothing_that_systemd_does_not_know()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();

        CommandResult result = await Command.RunAsync("systemd-analyze", ["verify", unit.UnitFile]);

        Assert.DoesNotContain(unit.Name, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [SkippableFact]
    public async Task Pods_run_while_the_unit_is_stopped_and_are_found_when_it_starts()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();
        await unit.StartAsync();
        Connect(unit.Endpoint);
        Running container = await StartAsync(await RunPodAsync(HostNetwork), Counting);

        await unit.StopAsync();

        Assert.Equal("inactive", await unit.PropertyAsync("ActiveState"));
        Assert.Equal("success", await unit.PropertyAsync("Result"));
        Assert.Empty(unit.ProcessesInGroup());
        long length = new FileInfo(container.LogPath).Length;
        await Eventually.IsTrueAsync("it goes on logging", () => new FileInfo(container.LogPath).Length > length);

        await unit.StartAsync();
        Connect(unit.Endpoint);
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
        Assert.Equal("works", await OutputOfAsync(container.Id, "echo works"));
    }

    [SkippableFact]
    public async Task A_restart_is_nothing_that_pods_or_the_journal_notice()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();
        await unit.StartAsync();
        Connect(unit.Endpoint);
        Running container = await StartAsync(await RunPodAsync(HostNetwork), Counting);
        await OnlyTheDaemonIsInTheGroupAsync(unit);

        await unit.RestartAsync();

        Connect(unit.Endpoint);
        Cri.ContainerStatus status = await StatusAsync(container.Id);
        Assert.Equal(Cri.ContainerState.ContainerRunning, status.State);
        await Client.StopContainerAsync(new() { ContainerId = container.Id, Timeout = 0 });
        int[] numbers = [.. CriLog.Read(container.LogPath).Select(line => int.Parse(line.Text, CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
        string journal = await unit.JournalAsync();
        Assert.DoesNotContain("left-over process", journal, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("remains running after unit stopped", journal, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task Killing_all_that_the_unit_has_ends_the_daemon_alone()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();
        await unit.StartAsync();
        Connect(unit.Endpoint);
        Running container = await StartAsync(await RunPodAsync(HostNetwork), Counting);
        await OnlyTheDaemonIsInTheGroupAsync(unit);

        await ServiceUnit.SystemctlAsync("kill", "--kill-whom=all", "--signal=KILL", unit.Name);

        await Eventually.IsTrueAsync("systemd has started it again", async () =>
            await unit.PropertyAsync("NRestarts") == "1" && await unit.PropertyAsync("ActiveState") == "active", TimeSpan.FromSeconds(30));
        Connect(unit.Endpoint);
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
        long length = new FileInfo(container.LogPath).Length;
        await Eventually.IsTrueAsync("it goes on logging", () => new FileInfo(container.LogPath).Length > length);
    }

    [SkippableFact]
    public async Task A_daemon_that_hangs_is_replaced_and_pods_go_on()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync("WatchdogSec=4\nLimitCORE=0");
        await unit.StartAsync();
        Connect(unit.Endpoint);
        Running container = await StartAsync(await RunPodAsync(HostNetwork), Counting);
        Assert.Equal("0", await unit.PropertyAsync("NRestarts"));

        (await Command.RunAsync("kill", ["-STOP", (await unit.MainPidAsync()).ToString(CultureInfo.InvariantCulture)])).Succeeded();

        await Eventually.IsTrueAsync("systemd has started it again", async () =>
            await unit.PropertyAsync("NRestarts") == "1" && await unit.PropertyAsync("ActiveState") == "active", TimeSpan.FromSeconds(45));
        Connect(unit.Endpoint);
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
    }

    [SkippableFact]
    public async Task What_systemd_does_to_its_own_units_leaves_the_limits_of_containers_alone()
    {
        await using ServiceUnit unit = await ServiceUnit.InstallAsync();
        await unit.StartAsync();
        Connect(unit.Endpoint);
        Running container = await StartAsync(await RunPodAsync(HostNetwork), Counting, config =>
        {
            config.Linux.Resources.MemoryLimitInBytes = 32 << 20;
            config.Linux.Resources.CpuPeriod = 100_000;
            config.Linux.Resources.CpuQuota = 50_000;
            config.Linux.Resources.CpusetCpus = "0";
        });
        string group = $"/sys/fs/cgroup{unit.CgroupParent}/{container.Id}";

        await ServiceUnit.SystemctlAsync("daemon-reload");
        (await Command.RunAsync("systemd-run", ["--wait", "--quiet", "--property=MemoryMax=50M", "--property=CPUQuota=20%", "true"])).Succeeded();
        await unit.StopAsync();
        (await Command.RunAsync("systemd-run", ["--wait", "--quiet", "--property=IOWeight=50", "true"])).Succeeded();
        await ServiceUnit.SystemctlAsync("daemon-reload");

        Assert.Equal("33554432", await ReadAsync($"{group}/memory.max"));
        Assert.Equal("50000 100000", await ReadAsync($"{group}/cpu.max"));
        Assert.Equal("0", await ReadAsync($"{group}/cpuset.cpus.effective"));
        Assert.NotEqual("0", await ReadAsync($"{group}/pids.current"));
    }

    /// <summary>Shims are moved out of it a moment after their start.</summary>
    private static async Task OnlyTheDaemonIsInTheGroupAsync(ServiceUnit unit)
    {
        int daemon = await unit.MainPidAsync();
        await Eventually.IsTrueAsync("shims are in a group of their own", () => unit.ProcessesInGroup() is [int only] && only == daemon);
    }

    private static async Task<string> ReadAsync(string path) => (await File.ReadAllTextAsync(path)).Trim();
}
