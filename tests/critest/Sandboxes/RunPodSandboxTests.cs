using System.Net;

namespace Keelson.CriTest.Sandboxes;

public sealed class RunPodSandboxTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_sandbox_is_ready_when_the_call_returns()
    {
        Pod pod = await RunPodAsync();

        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal(Cri.PodSandboxState.SandboxReady, status.State);
    }

    [Fact]
    public async Task An_id_is_64_lower_case_hexadecimal_digits()
    {
        Pod pod = await RunPodAsync();

        Assert.Matches("^[0-9a-f]{64}$", pod.Id);
    }

    [Fact]
    public async Task The_status_returns_what_was_asked_for_to_the_letter()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        Pod pod = await RunPodAsync(config =>
        {
            config.Labels.Add("example.com/strange", "ünïcode \"quoted\" \\ value");
            config.Annotations.Add("example.com/lines", "one\ntwo\n");
            config.Metadata.Attempt = 3;
        });

        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal(pod.Id, status.Id);
        Assert.Equal(pod.Config.Metadata, status.Metadata);
        Assert.Equal(pod.Config.Labels, status.Labels);
        Assert.Equal(pod.Config.Annotations, status.Annotations);
        Assert.InRange(status.CreatedAt, before, before + 60_000_000_000);
        Assert.Equal(Cri.NamespaceMode.Pod, status.Linux.Namespaces.Options.Network);
        Assert.Equal(Cri.NamespaceMode.Container, status.Linux.Namespaces.Options.Pid);
        Assert.Equal("", status.RuntimeHandler);
    }

    [Fact]
    public async Task A_pod_has_an_address()
    {
        Pod pod = await RunPodAsync();

        Assert.True(IPAddress.TryParse((await PodStatusAsync(pod.Id)).Network.Ip, out IPAddress? address));
        Assert.False(IPAddress.IsLoopback(address));
    }

    [Fact]
    public async Task Two_pods_have_different_addresses()
    {
        Pod one = await RunPodAsync();
        Pod two = await RunPodAsync();

        Assert.NotEqual((await PodStatusAsync(one.Id)).Network.Ip, (await PodStatusAsync(two.Id)).Network.Ip);
    }

    [Fact]
    public async Task A_pod_on_the_hosts_network_reports_no_address()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal("", status.Network?.Ip ?? "");
        Assert.Equal(Cri.NamespaceMode.Node, status.Linux.Namespaces.Options.Network);
    }

    [Fact]
    public async Task An_unknown_runtime_handler_is_refused()
    {
        await FailsAsync(() => Client.RunPodSandboxAsync(new() { Config = PodConfig(), RuntimeHandler = "no-such-handler" }));
    }

    [Fact]
    public async Task A_pod_without_metadata_is_refused()
    {
        Cri.PodSandboxConfig config = PodConfig();
        config.Metadata = null;

        await FailsAsync(() => Client.RunPodSandboxAsync(new() { Config = config }));
    }

    [Fact]
    public async Task A_verbose_status_has_the_pods_pid()
    {
        Pod pod = await RunPodAsync();

        Cri.PodSandboxStatusResponse status = await Client.PodSandboxStatusAsync(new() { PodSandboxId = pod.Id, Verbose = true });
        Assert.Contains("\"pid\"", status.Info["info"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_started_at_once_all_come_up()
    {
        Pod[] pods = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunPodAsync()));

        Assert.Equal(8, pods.Select(pod => pod.Id).Distinct().Count());
        string[] addresses = await Task.WhenAll(pods.Select(async pod => (await PodStatusAsync(pod.Id)).Network.Ip));
        Assert.Equal(8, addresses.Distinct().Count());
    }
}
