using System.Diagnostics;

namespace Keelson.CriTest.Containers;

public sealed class StopTests(CriTarget target) : CriTest(target)
{
    private const string Stubborn = "trap '' TERM; echo ready; while :; do sleep 0.1; done";

    [Fact]
    public async Task The_process_is_asked_with_SIGTERM_first()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartReadyAsync(pod, "trap 'exit 12' TERM; echo ready; while :; do sleep 0.05; done");

        TimeSpan took = await StopAsync(id, 30);

        Assert.True(took < TimeSpan.FromSeconds(5), $"took {took}");
        Assert.Equal(12, (await StatusAsync(id)).ExitCode);
    }

    [Fact]
    public async Task What_ignores_the_signal_is_killed_after_the_grace_period()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartReadyAsync(pod, Stubborn);

        TimeSpan took = await StopAsync(id, 2);

        Assert.InRange(took.TotalSeconds, 1.8, 6);
        Assert.Equal(137, (await StatusAsync(id)).ExitCode);
    }

    [Fact]
    public async Task No_grace_is_a_kill_at_once()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartReadyAsync(pod, "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done");

        TimeSpan took = await StopAsync(id, 0);

        Assert.True(took < TimeSpan.FromSeconds(2), $"took {took}");
        Assert.Equal(137, (await StatusAsync(id)).ExitCode);
    }

    [Fact]
    public async Task A_process_without_a_handler_as_number_1_is_killed_after_the_grace_period()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, ["/bin/sleep", "1000"]);

        await StopAsync(id, 1);

        Assert.Equal(137, (await StatusAsync(id)).ExitCode);
    }

    [SkippableFact]
    public async Task A_second_stop_with_less_grace_shortens_the_first()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartReadyAsync(pod, Stubborn);
        long start = Stopwatch.GetTimestamp();
        Task<TimeSpan> first = StopAsync(id, 50);
        await Task.Delay(300);

        await StopAsync(id, 1);
        await first.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(8));
    }

    [SkippableFact]
    public async Task The_images_stop_signal_is_used()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string image = await Images.PullAsync(Target, "busybox:config");
        Cri.ContainerConfig config = ContainerConfig(pod, [], config => config.Image.Image = image);
        string id = await StartReadyAsync(pod, config, "entrypoint");

        await StopAsync(id, 20);

        Assert.Equal(7, (await StatusAsync(id)).ExitCode);
        Assert.Contains("usr1\n", CriLog.Text(pod.LogPath(config)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_containers_own_stop_signal_goes_before_the_images()
    {
        SkipOn("containerd", "stop_signal came with CRI 1.33");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartReadyAsync(pod, "trap 'exit 9' USR2; trap 'exit 1' TERM; echo ready; while :; do sleep 0.05; done",
            config => config.StopSignal = Cri.Signal.Sigusr2);

        await StopAsync(id, 20);

        Assert.Equal(9, (await StatusAsync(id)).ExitCode);
        Assert.Equal(Cri.Signal.Sigusr2, (await StatusAsync(id)).StopSignal);
    }

    [Fact]
    public async Task All_that_the_container_started_ends_with_it()
    {
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Pid = Cri.NamespaceMode.Pod);
        string id = await StartReadyAsync(pod, "(trap '' TERM; sleep 54321) & trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done");

        await StopAsync(id, 10);

        Ran look = await RunAsync(pod, "ps -o args");
        Assert.DoesNotContain("54321", look.Text, StringComparison.Ordinal);
    }

    private async Task<TimeSpan> StopAsync(string id, long graceSeconds)
    {
        long start = Stopwatch.GetTimestamp();
        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = graceSeconds });
        Assert.Equal(Cri.ContainerState.ContainerExited, (await StatusAsync(id)).State);
        return Stopwatch.GetElapsedTime(start);
    }

    private Task<string> StartReadyAsync(Pod pod, string script, Action<Cri.ContainerConfig>? change = null) =>
        StartReadyAsync(pod, ContainerConfig(pod, Shell(script), change), "ready");

    /// <summary>Starts the container and waits until it has said that its handlers are in place.</summary>
    private async Task<string> StartReadyAsync(Pod pod, Cri.ContainerConfig config, string word)
    {
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        await Eventually.IsTrueAsync("the container is ready", () => CriLog.Text(pod.LogPath(config)).Contains(word, StringComparison.Ordinal));
        // The handler is set before the word; the entrypoint of the image says its word first.
        await Task.Delay(100);
        return id;
    }
}
