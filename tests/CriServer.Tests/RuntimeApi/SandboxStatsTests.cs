using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.RuntimeApi;

public sealed class SandboxStatsTests : IAsyncLifetime
{
    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        _daemon.Runtime.Sandboxes.Add(Samples.Sandbox);
        _daemon.Runtime.Containers.Add(Samples.Container);
    }

    public Task DisposeAsync() => _daemon.DisposeAsync().AsTask();

    [Fact]
    public async Task A_pods_statistics_say_whose_they_are_and_have_its_containers()
    {
        Cri.PodSandboxStats stats = await StatsAsync();
        Assert.Equal(Samples.SandboxId.Value, stats.Attributes.Id);
        Assert.Equal(("pod", "ns", "uid", 2u), (stats.Attributes.Metadata.Name, stats.Attributes.Metadata.Namespace, stats.Attributes.Metadata.Uid, stats.Attributes.Metadata.Attempt));
        Assert.Equal(("1", "x\ny"), (stats.Attributes.Labels["l"], stats.Attributes.Annotations["a"]));
        Cri.ContainerStats container = Assert.Single(stats.Linux.Containers);
        Assert.Equal((Samples.ContainerId.Value, 7UL), (container.Attributes.Id, container.Cpu.UsageCoreNanoSeconds.Value));
    }

    [Fact]
    public async Task What_is_not_known_is_absent_and_not_zero()
    {
        Cri.LinuxPodSandboxStats stats = (await StatsAsync()).Linux;
        Assert.Equal((5L, 11UL), (stats.Cpu.Timestamp, stats.Cpu.UsageCoreNanoSeconds.Value));
        Assert.Null(stats.Cpu.UsageNanoCores);
        Assert.Equal((5L, 13UL), (stats.Memory.Timestamp, stats.Memory.UsageBytes.Value));
        Assert.Equal((null, null, null), (stats.Memory.WorkingSetBytes, stats.Memory.AvailableBytes, stats.Memory.RssBytes));
        Assert.Equal((5L, 3UL), (stats.Process.Timestamp, stats.Process.ProcessCount.Value));
        Assert.Null(stats.Network);
        Assert.Null(stats.Io);
    }

    [Fact]
    public async Task The_default_interface_is_not_among_the_others()
    {
        _daemon.Runtime.SandboxTraffic = new NetworkStats(9, new InterfaceCounters("eth0", 1, 2, 3, 4), [new InterfaceCounters("net1", 5, 6, 7, 8)]);
        Cri.NetworkUsage network = (await StatsAsync()).Linux.Network;
        Assert.Equal((9L, "eth0", 1UL, 2UL, 3UL, 4UL), Values(network.Timestamp, network.DefaultInterface));
        Assert.Equal((9L, "net1", 5UL, 6UL, 7UL, 8UL), Values(network.Timestamp, Assert.Single(network.Interfaces)));

        static (long, string, ulong, ulong, ulong, ulong) Values(long time, Cri.NetworkInterfaceUsage usage) =>
            (time, usage.Name, usage.RxBytes.Value, usage.RxErrors.Value, usage.TxBytes.Value, usage.TxErrors.Value);
    }

    [Fact]
    public async Task A_list_and_its_pieces_are_of_the_pods_that_the_filter_names()
    {
        var filter = new Cri.PodSandboxStatsFilter { Id = "aa", LabelSelector = { ["l"] = "1" } };
        Cri.ListPodSandboxStatsResponse list = await _daemon.CallAsync(RuntimeMethods.ListPodSandboxStats, new Cri.ListPodSandboxStatsRequest { Filter = filter });
        var streamed = new List<Cri.PodSandboxStats>();
        await foreach (Cri.StreamPodSandboxStatsResponse piece in _daemon.Channel.StreamAsync(
            RuntimeMethods.StreamPodSandboxStats, new Cri.StreamPodSandboxStatsRequest { Filter = filter }, Waits.Patience, default))
        {
            streamed.AddRange(piece.PodSandboxStats);
        }

        await _daemon.CallAsync(RuntimeMethods.ListPodSandboxStats, new Cri.ListPodSandboxStatsRequest());

        Assert.Equal(Samples.SandboxId.Value, Assert.Single(list.Stats).Attributes.Id);
        Assert.Equal(list.Stats, streamed);
        Assert.Equal(["stats of 'aa' [l, 1]", "stats of 'aa' [l, 1]", "stats of '' "], _daemon.Runtime.Asked);
    }

    private async Task<Cri.PodSandboxStats> StatsAsync() =>
        (await _daemon.CallAsync(RuntimeMethods.PodSandboxStats, new Cri.PodSandboxStatsRequest { PodSandboxId = "aaa" })).Stats;
}
