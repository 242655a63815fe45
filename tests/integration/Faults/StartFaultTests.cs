namespace Keelson.Integration.Faults;

public sealed class StartFaultTests(Machine machine) : DaemonTest(machine)
{
    [SkippableTheory]
    [InlineData("/no/such/command", "No such file or directory")]
    [InlineData("/etc/passwd", "Permission denied")]
    public async Task A_start_that_fails_names_the_step_and_the_error(string command, string error)
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        (string id, _) = await CreateAsync(pod, [command]);

        CriException e = await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));

        Assert.Contains("execve", e.Detail, StringComparison.Ordinal);
        Assert.Contains(command, e.Detail, StringComparison.Ordinal);
        Assert.Contains(error, e.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("errno", e.Detail, StringComparison.Ordinal);
        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(Cri.ContainerState.ContainerExited, status.State);
        Assert.Equal(128, status.ExitCode);
        Assert.Equal("StartError", status.Reason);
        Assert.Contains("execve", status.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_mount_whose_source_is_not_there_is_made_as_Kubernetes_expects_of_a_host_path()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        string missing = $"{Files.HostPath}/missing";

        Running container = await StartAsync(pod, "touch /data/file", config => config.Mounts.Add(Kubelet.Bind(missing, "/data")));

        Assert.Equal(0, (await ExitOfAsync(container.Id)).ExitCode);
        Assert.True(File.Exists($"{missing}/file"));
    }

    [SkippableFact]
    public async Task A_mount_whose_source_can_not_be_is_refused_by_its_path()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        string impossible = Files.Write("file", "") + "/below";

        CriException e = await FailsAsync(() => StartAsync(pod, "true", config => config.Mounts.Add(Kubelet.Bind(impossible, "/data"))));

        Assert.Contains(impossible, e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_can_not_be_mounted_onto_a_file_says_so()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();

        CriException e = await FailsAsync(() => StartAsync(pod, "true", config => config.Mounts.Add(Kubelet.Bind(Files.Sub("data"), "/etc/passwd"))));

        Assert.Contains("/etc/passwd", e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_killed_pause_makes_the_sandbox_not_ready()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        string info = (await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id, Verbose = true })).Info["info"];
        using var json = System.Text.Json.JsonDocument.Parse(info);
        int pid = json.RootElement.GetProperty("pid").GetInt32();

        (await Command.RunAsync("/bin/kill", ["-KILL", $"{pid}"])).Succeeded();

        await Eventually.IsTrueAsync("the sandbox is not ready", async () =>
            (await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id })).Status.State == Cri.PodSandboxState.SandboxNotready);
    }

    [SkippableFact]
    public async Task A_killed_shim_ends_its_containers_and_the_pod_can_be_removed()
    {
        await StartDaemonAsync();
        Daemon.ExpectError(".");
        Pod pod = await RunPodAsync();
        Running container = await StartAsync(pod, "sleep 1000");
        int shim = await ShimOfAsync();

        (await Command.RunAsync("/bin/kill", ["-KILL", $"{shim}"])).Succeeded();

        Cri.ContainerStatus status = await ExitOfAsync(container.Id);
        Assert.NotEqual(0, status.ExitCode);
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
    }

    /// <summary>The one shim of this daemon: its socket is below the daemon's state.</summary>
    private async Task<int> ShimOfAsync()
    {
        HostSnapshot host = await HostSnapshot.TakeAsync(new LeakScope { ProcessMarks = [Daemon.State] });
        string line = Assert.Single(host.Things, thing => thing.Contains("keelson-shim", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
