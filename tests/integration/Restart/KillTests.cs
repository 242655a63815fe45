namespace Keelson.Integration.Restart;

/// <summary>The daemon holds no container's life: it may be killed at any time.</summary>
public sealed class KillTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    public async Task Containers_run_and_log_on_while_the_daemon_is_dead()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        Running container = await StartAsync(pod, "n=0; while :; do n=$((n + 1)); echo $n; sleep 0.01; done");
        await Eventually.IsTrueAsync("it logs", () => File.ReadAllText(container.LogPath).Length > 0);

        await Daemon.KillAsync();
        long length = new FileInfo(container.LogPath).Length;
        await Eventually.IsTrueAsync("it goes on logging", () => new FileInfo(container.LogPath).Length > length + 500);
        await StartAgainAsync();

        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
        await Client.StopContainerAsync(new() { ContainerId = container.Id, Timeout = 0 });
        int[] numbers = [.. CriLog.Read(container.LogPath).Select(line => int.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
    }

    [SkippableFact]
    public async Task An_exit_nobody_saw_is_reported_with_its_code_and_its_time()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);
        string gate = Files.Sub("gate");
        Running container = await StartAsync(pod, "while [ ! -e /gate/open ]; do sleep 0.02; done; echo bye; exit 23",
            config => config.Mounts.Add(Kubelet.Bind(gate, "/gate")));

        await Daemon.KillAsync();
        File.WriteAllText($"{gate}/open", "");
        await Eventually.IsTrueAsync("it says good bye", () => File.ReadAllText(container.LogPath).Contains("bye", StringComparison.Ordinal));
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        await Task.Delay(700);
        await StartAgainAsync();

        Cri.ContainerStatus status = await ExitOfAsync(container.Id);
        Assert.Equal(23, status.ExitCode);
        Assert.Equal("Error", status.Reason);
        Assert.InRange(status.FinishedAt / 1_000_000, ended.ToUnixTimeMilliseconds() - 2000, ended.ToUnixTimeMilliseconds() + 500);
    }

    [SkippableFact]
    public async Task Everything_known_before_is_known_after()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        Pod stopped = await RunPodAsync(HostNetwork);
        await Client.StopPodSandboxAsync(new() { PodSandboxId = stopped.Id });
        Running running = await StartAsync(pod, "sleep 1000");
        (string created, _) = await CreateAsync(pod, Shell("true"));
        Running exited = await StartAsync(pod, "exit 3");
        await ExitOfAsync(exited.Id);
        (Cri.ListPodSandboxResponse Pods, Cri.ListContainersResponse Containers, Cri.ListImagesResponse Images) before = await ListsAsync();
        Cri.ContainerStatus[] statuses = await Task.WhenAll(StatusAsync(running.Id), StatusAsync(created), StatusAsync(exited.Id));
        Cri.PodSandboxStatus sandbox = await SandboxAsync(pod.Id);

        await Daemon.KillAsync();
        await StartAgainAsync();
        await Eventually.IsTrueAsync("it is ready", async () =>
            (await Client.StatusAsync(new())).Status.Conditions.Single(condition => condition.Type == "RuntimeReady").Status);

        var after = await ListsAsync();
        Assert.Equal(before.Pods.Items.OrderBy(item => item.Id), after.Pods.Items.OrderBy(item => item.Id));
        Assert.Equal(before.Containers.Containers.OrderBy(item => item.Id), after.Containers.Containers.OrderBy(item => item.Id));
        Assert.Equal(before.Images.Images.OrderBy(item => item.Id), after.Images.Images.OrderBy(item => item.Id));
        Assert.Equal(statuses, await Task.WhenAll(StatusAsync(running.Id), StatusAsync(created), StatusAsync(exited.Id)));
        Assert.Equal(sandbox, await SandboxAsync(pod.Id));
    }

    [SkippableFact]
    public async Task A_container_from_before_can_be_used_stopped_and_removed()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        Running container = await StartAsync(pod, "trap 'exit 5' TERM; while :; do sleep 0.05; done");
        (string created, _) = await CreateAsync(pod, Shell("echo later"));

        await Daemon.KillAsync();
        await StartAgainAsync();

        Assert.Equal("works", await OutputOfAsync(container.Id, "echo works"));
        await Client.StartContainerAsync(new() { ContainerId = created });
        Assert.Equal(0, (await ExitOfAsync(created)).ExitCode);
        await Client.StopContainerAsync(new() { ContainerId = container.Id, Timeout = 10 });
        Assert.Equal(5, (await StatusAsync(container.Id)).ExitCode);
        await Client.RemoveContainerAsync(new() { ContainerId = container.Id });
        Running another = await StartAsync(pod, "echo new");
        Assert.Equal(0, (await ExitOfAsync(another.Id)).ExitCode);
    }

    [SkippableFact]
    public async Task Names_stay_reserved()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);

        await Daemon.KillAsync();
        await StartAgainAsync();

        try
        {
            Assert.Equal(pod.Id, (await Client.RunPodSandboxAsync(new() { Config = pod.Config })).PodSandboxId);
        }
        catch (CriException e)
        {
            Assert.Equal(CriStatus.AlreadyExists, e.Status);
        }

        Assert.Single((await Client.ListPodSandboxAsync(new())).Items);
    }

    [SkippableFact]
    public async Task Kills_in_the_middle_of_starting_pods_leave_nothing_that_can_not_be_removed()
    {
        await StartDaemonAsync();
        await PullAsync();
        Daemon.ExpectError(".");
        for (int time = 0; time < 6; time++)
        {
            Task[] pods = [.. Enumerable.Range(0, 4).Select(async _ =>
            {
                Pod pod = await RunPodAsync();
                await StartAsync(pod, "sleep 1000");
            })];
            await Task.Delay(5 + (time * 25));
            await Daemon.KillAsync();
            await Task.WhenAll(pods).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
            await StartAgainAsync();
        }

        // The base class removes every pod and looks for what is left.
        Assert.NotNull(await Client.ListPodSandboxAsync(new()));
    }

    [SkippableFact]
    public async Task A_daemon_that_starts_leaves_the_network_of_another_daemons_pods_alone()
    {
        await StartDaemonAsync();
        await using KeelsonDaemon other = await KeelsonDaemon.StartAsync();
        using var client = new CriClient(other.Endpoint);
        Cri.PodSandboxConfig config = Kubelet.Pod(Files.Sub("other"));
        string id = (await client.RunPodSandboxAsync(new() { Config = config })).PodSandboxId;
        string pinned = Directory.EnumerateFiles("/run/netns", $"keelson-*{id[..12]}").Single();
        Assert.Equal(1, Mounts(pinned));

        await Daemon.KillAsync();
        await StartAgainAsync();

        Assert.Equal(1, Mounts(pinned));

        static int Mounts(string target) => File.ReadLines("/proc/self/mountinfo").Count(line => line.Split(' ')[4] == target);
    }

    private async Task<Cri.PodSandboxStatus> SandboxAsync(string id) =>
        (await Client.PodSandboxStatusAsync(new() { PodSandboxId = id })).Status;

    private async Task<(Cri.ListPodSandboxResponse Pods, Cri.ListContainersResponse Containers, Cri.ListImagesResponse Images)> ListsAsync() =>
        (await Client.ListPodSandboxAsync(new()), await Client.ListContainersAsync(new()), await Client.ListImagesAsync(new()));
}
