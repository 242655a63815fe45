using System.Net.Sockets;
using Keelson.CriTest.Resources;

namespace Keelson.CriTest.Stats;

public sealed class PodSandboxStatsTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_pod_in_the_kubelets_cgroup_has_cpu_memory_processes_and_its_containers()
    {
        using var cgroup = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.CgroupParent = cgroup.Path);
        string id = await StartAsync(pod, Shell("while :; do :; done"));
        await Task.Delay(300);

        Cri.PodSandboxStats stats = await StatsAsync(pod);

        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal(pod.Id, stats.Attributes.Id);
        Assert.Equal(status.Metadata, stats.Attributes.Metadata);
        Assert.Equal(status.Labels, stats.Attributes.Labels);
        Assert.Equal(status.Annotations, stats.Attributes.Annotations);
        Assert.NotEqual(0, stats.Linux.Cpu.Timestamp);
        Assert.True(stats.Linux.Cpu.UsageCoreNanoSeconds.Value > 1_000_000);
        Assert.NotEqual(0, stats.Linux.Memory.Timestamp);
        Assert.True(stats.Linux.Memory.WorkingSetBytes.Value > 0);
        Assert.True(stats.Linux.Process.ProcessCount.Value > 0);
        Cri.ContainerStats container = Assert.Single(stats.Linux.Containers);
        Assert.Equal(id, container.Attributes.Id);
        Assert.True(stats.Linux.Cpu.UsageCoreNanoSeconds.Value >= container.Cpu.UsageCoreNanoSeconds.Value / 2);
        await EndAsync(pod);
    }

    [Fact]
    public async Task A_pods_cpu_time_grows_also_over_the_end_of_a_container()
    {
        using var cgroup = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.CgroupParent = cgroup.Path);
        string id = await StartAsync(pod, Shell("while :; do :; done"));
        await Task.Delay(300);
        ulong first = (await StatsAsync(pod)).Linux.Cpu.UsageCoreNanoSeconds.Value;

        await Client.StopContainerAsync(new() { ContainerId = id });
        await Client.RemoveContainerAsync(new() { ContainerId = id });

        Cri.PodSandboxStats stats = await StatsAsync(pod);
        Assert.True(stats.Linux.Cpu.UsageCoreNanoSeconds.Value >= first);
        Assert.Empty(stats.Linux.Containers);
        await EndAsync(pod);
    }

    [SkippableFact]
    public async Task A_pod_without_a_cgroup_of_the_kubelets_has_statistics_too()
    {
        SkipOn("containerd", "reads the cgroup parent of the request, and has nothing without one");
        Pod pod = await RunHostNetworkPodAsync();
        await StartSleeperAsync(pod);

        Cri.LinuxPodSandboxStats stats = (await StatsAsync(pod)).Linux;

        Assert.True(stats.Cpu.UsageCoreNanoSeconds.Value > stats.Containers[0].Cpu.UsageCoreNanoSeconds.Value);
        Assert.True(stats.Memory.UsageBytes.Value > stats.Containers[0].Memory.UsageBytes.Value);
        Assert.True(stats.Process.ProcessCount.Value >= 2);
    }

    [Fact]
    public async Task Traffic_is_counted_in_both_directions()
    {
        using var cgroup = new PodCgroup();
        Pod pod = await RunPodAsync(config => config.Linux.CgroupParent = cgroup.Path);
        Cri.NetworkInterfaceUsage before = (await StatsAsync(pod)).Linux.Network.DefaultInterface;

        // Nobody listens: one packet in, one out.
        using var client = new TcpClient();
        string ip = (await PodStatusAsync(pod.Id)).Network.Ip;
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(ip, 9).WaitAsync(TimeSpan.FromSeconds(10)));

        Cri.NetworkInterfaceUsage after = (await StatsAsync(pod)).Linux.Network.DefaultInterface;
        Assert.Equal("eth0", after.Name);
        Assert.True(after.RxBytes.Value >= before.RxBytes.Value + 40, $"{before} {after}");
        Assert.True(after.TxBytes.Value >= before.TxBytes.Value + 40, $"{before} {after}");
        await EndAsync(pod);
    }

    [Fact]
    public async Task A_pod_on_the_hosts_network_has_no_traffic_of_its_own()
    {
        using var cgroup = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.CgroupParent = cgroup.Path);
        Assert.Null((await StatsAsync(pod)).Linux.Network);
        await EndAsync(pod);
    }

    [Fact]
    public async Task A_list_has_what_is_ready_and_can_be_narrowed()
    {
        using var first = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config =>
        {
            config.Linux.CgroupParent = first.Path;
            config.Labels["colour"] = "green";
        });

        Assert.Equal(pod.Id, Assert.Single(await ListAsync(new() { Id = pod.Id })).Attributes.Id);
        Assert.Contains(pod.Id, (await ListAsync(new() { LabelSelector = { ["colour"] = "green" } })).Select(stats => stats.Attributes.Id));
        Assert.Empty(await ListAsync(new() { Id = pod.Id, LabelSelector = { ["colour"] = "red" } }));
        Assert.Empty(await ListAsync(new() { Id = "feedfacefeedface" }));

        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        Assert.Empty(await ListAsync(new() { Id = pod.Id }));
        await FailsAsync(() => StatsAsync(pod));
        await EndAsync(pod);
    }

    [SkippableFact]
    public async Task A_stream_has_what_the_list_has()
    {
        SkipOn("containerd", "the call came with CRI 1.36");
        Pod pod = await RunHostNetworkPodAsync();
        var streamed = new List<Cri.PodSandboxStats>();
        await foreach (Cri.StreamPodSandboxStatsResponse piece in Client.StreamPodSandboxStatsAsync(new() { Filter = new() { Id = pod.Id } }, CancellationToken.None))
        {
            streamed.AddRange(piece.PodSandboxStats);
        }

        Assert.Equal(Assert.Single(await ListAsync(new() { Id = pod.Id })).Attributes, Assert.Single(streamed).Attributes);
    }

    private async Task<Cri.PodSandboxStats> StatsAsync(Pod pod) => (await Client.PodSandboxStatsAsync(new() { PodSandboxId = pod.Id })).Stats;

    private async Task<IReadOnlyList<Cri.PodSandboxStats>> ListAsync(Cri.PodSandboxStatsFilter filter) =>
        (await Client.ListPodSandboxStatsAsync(new() { Filter = filter })).Stats;

    /// <summary>Before the kubelet's cgroup goes, which cannot while the pod has processes in it.</summary>
    private async Task EndAsync(Pod pod)
    {
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
    }
}
