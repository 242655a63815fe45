using System.Diagnostics;

namespace Keelson.Integration.Network;

public sealed class BrokenNetworkTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    public async Task Without_a_configuration_the_network_is_not_ready_and_says_why()
    {
        await StartDaemonAsync(new DaemonOptions { WithoutNetwork = true });

        Cri.RuntimeCondition network = (await Client.StatusAsync(new())).Status.Conditions.Single(condition => condition.Type == "NetworkReady");
        Assert.False(network.Status);
        Assert.NotEmpty(network.Reason);
        Assert.Contains(Daemon.NetworkConfigurationDirectory, network.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_a_configuration_pods_on_the_hosts_network_run_all_the_same()
    {
        await StartDaemonAsync(new DaemonOptions { WithoutNetwork = true });

        await FailsAsync(() => RunPodAsync());
        Pod pod = await RunPodAsync(HostNetwork);

        Running container = await StartAsync(pod, "echo fine");
        Assert.Equal(0, (await ExitOfAsync(container.Id)).ExitCode);
    }

    [SkippableFact]
    public async Task A_configuration_that_comes_later_is_taken_up()
    {
        await StartDaemonAsync(new DaemonOptions { WithoutNetwork = true });

        File.WriteAllText($"{Daemon.NetworkConfigurationDirectory}/10-late.conflist", Daemon.BridgeConfiguration());

        await Eventually.IsTrueAsync("the network is ready", async () =>
            (await Client.StatusAsync(new())).Status.Conditions.Single(condition => condition.Type == "NetworkReady").Status);
        await RunPodAsync();
    }

    [SkippableFact]
    public async Task A_plugin_that_fails_fails_the_pod_with_its_own_words()
    {
        await StartWithPluginAsync("""test "$CNI_COMMAND" = DEL && exit 0; echo '{"cniVersion":"0.4.0","code":11,"msg":"the switch is on fire","details":"rack 7"}'; exit 1""");

        CriException e = await FailsAsync(() => RunPodAsync());

        Assert.Contains("the switch is on fire", e.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain((await Client.ListPodSandboxAsync(new())).Items, item => item.State == Cri.PodSandboxState.SandboxReady);
    }

    [SkippableFact]
    public async Task A_plugin_that_dies_without_a_word_is_named()
    {
        await StartWithPluginAsync("test \"$CNI_COMMAND\" = DEL || kill -KILL $$");

        CriException e = await FailsAsync(() => RunPodAsync());

        Assert.Contains("broken", e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_plugin_that_answers_nonsense_is_named()
    {
        await StartWithPluginAsync("test \"$CNI_COMMAND\" = DEL || echo this is not JSON");

        CriException e = await FailsAsync(() => RunPodAsync());

        Assert.Contains("broken", e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_plugin_that_hangs_is_ended_and_holds_nothing_else_up()
    {
        await StartWithPluginAsync("test \"$CNI_COMMAND\" = DEL || sleep 1000", "2s");
        long start = Stopwatch.GetTimestamp();

        Task<CriException> hanging = FailsAsync(() => RunPodAsync());
        await Task.Delay(200);
        long listing = Stopwatch.GetTimestamp();
        await Client.ListPodSandboxAsync(new());
        await Client.StatusAsync(new());
        await RunPodAsync(HostNetwork);
        Assert.True(Stopwatch.GetElapsedTime(listing) < TimeSpan.FromSeconds(1.5));

        CriException e = await hanging.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("broken", e.Detail, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
    }

    [SkippableFact]
    public async Task A_plugin_that_is_not_installed_is_named()
    {
        await StartDaemonAsync(new DaemonOptions
        {
            PluginDirectory = Files.Sub("plugins"),
            NetworkConfiguration = Configuration("no-such-plugin"),
        });

        CriException e = await FailsAsync(() => RunPodAsync());

        Assert.Contains("no-such-plugin", e.Detail, StringComparison.Ordinal);
        // Once it is there, what is kept of the pod can go.
        InstallPlugin("no-such-plugin", "exit 0");
    }

    [SkippableFact]
    public async Task A_configuration_that_is_not_JSON_is_named()
    {
        await StartDaemonAsync(new DaemonOptions { NetworkConfiguration = "{ this is not JSON" });

        Cri.RuntimeCondition network = (await Client.StatusAsync(new())).Status.Conditions.Single(condition => condition.Type == "NetworkReady");
        Assert.False(network.Status);
        Assert.Contains("10-test.conflist", network.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_pod_whose_network_fails_to_go_can_be_stopped_once_it_does()
    {
        string flag = $"{Files.HostPath}/del-works";
        await StartWithPluginAsync($$"""
            case "$CNI_COMMAND" in
                DEL) test -e {{flag}} || { echo '{"cniVersion":"0.4.0","code":11,"msg":"not now"}'; exit 1; } ;;
                *) echo '{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","address":"10.9.9.9/24"}]}' ;;
            esac
            """);
        Daemon.ExpectError("not now");
        Pod pod = await RunPodAsync();
        Assert.Equal("10.9.9.9", (await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id })).Status.Network.Ip);

        CriException e = await FailsAsync(() => Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id }));
        Assert.Contains("not now", e.Detail, StringComparison.Ordinal);
        File.WriteAllText(flag, "");
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });

        Assert.Equal(Cri.PodSandboxState.SandboxNotready, (await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id })).Status.State);
    }

    [SkippableTheory]
    [InlineData("uninstalled")]
    [InlineData("without its interpreter")]
    public async Task A_plugin_that_is_gone_when_a_pod_stops_is_never_told_as_NotFound(string how)
    {
        const string good = """test "$CNI_COMMAND" = DEL || echo '{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","address":"10.9.9.9/24"}]}'""";
        await StartWithPluginAsync(good);
        Pod pod = await RunPodAsync();
        string plugin = $"{Files.HostPath}/plugins/broken";
        File.Delete(plugin);
        if (how != "uninstalled")
        {
            File.WriteAllText(plugin, "#!/no/such/interpreter\n");
            File.SetUnixFileMode(plugin, (UnixFileMode)0b111_101_101);
        }

        CriException stop = await FailsAsync(() => Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id }));
        CriException remove = await FailsAsync(() => Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id }));

        // To a kubelet NotFound is success, and it would never come again.
        Assert.NotEqual(CriStatus.NotFound, stop.Status);
        Assert.NotEqual(CriStatus.NotFound, remove.Status);
        Assert.Contains("broken", stop.Detail, StringComparison.Ordinal);
        File.Delete(plugin);
        InstallPlugin("broken", good);
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
    }

    private static string Configuration(string plugin) =>
        $$"""{"cniVersion": "0.4.0", "name": "broken-network", "plugins": [{"type": "{{plugin}}"}]}""";

    private void InstallPlugin(string name, string script)
    {
        string plugin = Files.Write($"plugins/{name}", "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(plugin, (UnixFileMode)0b111_101_101);
    }

    /// <summary>The pods' network is one plugin named broken, which is the script given.</summary>
    private async Task StartWithPluginAsync(string script, string? timeout = null)
    {
        InstallPlugin("broken", script);
        await StartDaemonAsync(new DaemonOptions
        {
            PluginDirectory = $"{Files.HostPath}/plugins",
            NetworkConfiguration = Configuration("broken"),
            NetworkTimeout = timeout,
        });
        Daemon.ExpectError("broken");
    }
}
