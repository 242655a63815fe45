using System.Text;

namespace Keelson.Integration.Handlers;

/// <summary>Pods of a RuntimeClass whose containers Debian's runc or crun makes: the same pod, logs, execs, limits and end.</summary>
public sealed class OciHandlerTests(Machine machine) : DaemonTest(machine)
{
    [SkippableTheory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task A_container_lives_in_its_pod_and_ends_with_its_code(string name)
    {
        await StartAsync(name);
        Pod pod = await RunPodAsync(name);
        Running container = await StartAsync(pod, "hostname; echo $$; cat /proc/self/status | grep -E '^(Seccomp|NoNewPrivs):'; echo lost >&2; exit 7");

        Cri.ContainerStatus ended = await ExitOfAsync(container.Id);

        Assert.Equal(7, ended.ExitCode);
        Assert.Equal("Error", ended.Reason);
        string[] lines = await File.ReadAllLinesAsync(container.LogPath);
        Assert.Contains(lines, line => line.EndsWith($" stdout F {pod.Config.Hostname}", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" stdout F 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" stdout F Seccomp:\t2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" stderr F lost", StringComparison.Ordinal));
        await AssertForgottenAsync(name);
    }

    [SkippableTheory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Commands_run_in_it_and_see_what_it_sees(string name)
    {
        await StartAsync(name);
        Pod pod = await RunPodAsync(name);
        Running container = await StartAsync(pod, "echo here > /tmp/mark; sleep 1000");
        await Eventually.IsTrueAsync("the mark is there", async () => await OutputOfAsync(container.Id, "cat /tmp/mark") == "here");
        string address = (await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id })).Status.Network.Ip;

        Assert.Contains(address, await OutputOfAsync(container.Id, "ip addr show eth0"), StringComparison.Ordinal);
        Cri.ExecSyncResponse failed = await Client.ExecSyncAsync(new() { ContainerId = container.Id, Cmd = { "/bin/sh", "-c", "echo no >&2; exit 3" }, Timeout = 10 });
        Assert.Equal((3, "no\n"), (failed.ExitCode, Encoding.UTF8.GetString(failed.Stderr.Span)));
        CriException missing = await FailsAsync(() => Client.ExecSyncAsync(new() { ContainerId = container.Id, Cmd = { "/nowhere" }, Timeout = 10 }));
        Assert.Contains("/nowhere", missing.Detail, StringComparison.Ordinal);
        CriException slow = await FailsAsync(() => Client.ExecSyncAsync(new() { ContainerId = container.Id, Cmd = { "/bin/sleep", "100" }, Timeout = 1 }));
        Assert.Equal(CriStatus.DeadlineExceeded, slow.Status);

        // Neither the commands nor their files stay.
        Assert.Empty(Directory.GetFiles($"{Daemon.State}/bundles/{container.Id}", "exec-*"));
        Assert.DoesNotContain("sleep 100\n", await OutputOfAsync(container.Id, "ps -o args"), StringComparison.Ordinal);

        await Client.StopContainerAsync(new() { ContainerId = container.Id, Timeout = 0 });
        Assert.Equal(137, (await StatusAsync(container.Id)).ExitCode);
        await AssertForgottenAsync(name);
    }

    [SkippableTheory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Limits_hold_and_statistics_tell(string name)
    {
        await StartAsync(name);
        Pod pod = await RunPodAsync(name);
        Running container = await StartAsync(pod, "sleep 1000", config => config.Linux.Resources = new() { MemoryLimitInBytes = 64 << 20, CpuShares = 512 });

        Cri.ContainerStats stats = (await Client.ContainerStatsAsync(new() { ContainerId = container.Id })).Stats;
        Assert.InRange(stats.Memory.WorkingSetBytes.Value, 1UL, 64UL << 20);

        Running hog = await StartAsync(pod, "tail -c 200m /dev/zero", config => config.Linux.Resources = new() { MemoryLimitInBytes = 32 << 20 });
        Cri.ContainerStatus ended = await ExitOfAsync(hog.Id);
        Assert.Equal(("OOMKilled", 137), (ended.Reason, ended.ExitCode));
    }

    [SkippableTheory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task A_command_that_is_not_there_fails_the_start_in_the_runtimes_words(string name)
    {
        await StartAsync(name);
        Daemon.ExpectError("nowhere");
        Pod pod = await RunPodAsync(name);
        (string id, _) = await CreateAsync(pod, ["/nowhere"]);

        CriException failure = await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));

        Assert.Contains("/nowhere", failure.Detail, StringComparison.Ordinal);
        Assert.Contains($"/{name}: ", failure.Detail, StringComparison.Ordinal);
        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal((Cri.ContainerState.ContainerExited, 128), (status.State, status.ExitCode));
        await AssertForgottenAsync(name);
    }

    [SkippableFact]
    public async Task A_killed_daemon_finds_the_container_again_and_its_end()
    {
        await StartAsync("runc");
        Pod pod = await RunPodAsync("runc");
        Running container = await StartAsync(pod, "trap 'exit 5' TERM; while :; do sleep 0.1; done");

        await Daemon.KillAsync();
        await StartAgainAsync();

        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
        Assert.Equal("1", await OutputOfAsync(container.Id, "echo 1"));
        await Client.StopContainerAsync(new() { ContainerId = container.Id, Timeout = 10 });
        Assert.Equal(5, (await StatusAsync(container.Id)).ExitCode);
        await AssertForgottenAsync("runc");
    }

    [SkippableFact]
    public async Task An_unknown_handler_is_refused_before_anything_is_made()
    {
        await StartAsync("runc");

        CriException failure = await FailsAsync(() => RunPodAsync("gvisor"));

        Assert.Contains("'gvisor'", failure.Detail, StringComparison.Ordinal);
        Assert.Empty((await Client.ListPodSandboxAsync(new())).Items);
        Cri.StatusResponse status = await Client.StatusAsync(new());
        Assert.Equal(["", "runc"], status.RuntimeHandlers.Select(handler => handler.Name));
    }

    [SkippableFact]
    [Trait("CVE", "2024-3154")]
    public async Task Annotations_reach_the_runtime_only_where_the_configuration_says()
    {
        await StartAsync("runc", "\n    annotations: [example.org/told, run.oci.*]");
        Pod pod = await RunPodAsync("runc", config => config.Annotations.Add(
            new Dictionary<string, string> { ["example.org/told"] = "1", ["org.systemd.property.ExecStartPre"] = "x", ["run.oci.level"] = "2" }));
        Running container = await StartAsync(pod, "sleep 1000");

        string spec = await File.ReadAllTextAsync($"{Daemon.State}/bundles/{container.Id}/config.json");

        Assert.Contains("example.org/told", spec, StringComparison.Ordinal);
        Assert.Contains("run.oci.level", spec, StringComparison.Ordinal);
        Assert.DoesNotContain("org.systemd", spec, StringComparison.Ordinal);
    }

    private async Task<Pod> RunPodAsync(string handler, Action<Cri.PodSandboxConfig>? change = null)
    {
        Cri.PodSandboxConfig config = Kubelet.Pod(Files.Sub("logs"), change);
        return new Pod((await Client.RunPodSandboxAsync(new() { Config = config, RuntimeHandler = handler })).PodSandboxId, config);
    }

    private async Task StartAsync(string name, string further = "")
    {
        Needs.Root();
        string? program = new[] { "/usr/sbin", "/usr/bin" }.Select(directory => $"{directory}/{name}").FirstOrDefault(File.Exists);
        Skip.If(program is null, $"needs {name} (Debian: {name})");
        Skip.If(
            name == "crun" && Directory.Exists("/sys/fs/cgroup/memory") && File.Exists("/sys/fs/cgroup/unified/cgroup.controllers"),
            "crun refuses a node whose controllers are of cgroup v1 and v2 (make test-vm has v2 alone)");
        await StartDaemonAsync(new DaemonOptions { Configuration = $"runtimes:\n  {name}:\n    path: {program}{further}\n" });
    }

    /// <summary>Neither the runtime nor we know the container any more.</summary>
    private Task AssertForgottenAsync(string name) => Eventually.IsTrueAsync($"{name} has forgotten it", () => Task.FromResult(
        Directory.GetFileSystemEntries($"{Daemon.State}/bundles").Length == 0
        && Directory.GetDirectories($"{Daemon.State}/oci/{name}").Length == 0));
}
