using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Stats;

public sealed class SandboxStatisticsTests : IAsyncLifetime
{
    private const string KubeletsGroup = "/kubepods/burstable/pod-web";

    private static readonly CgroupStats s_used = new()
    {
        CpuUsageNanoseconds = 1_000,
        MemoryUsageBytes = 900,
        MemoryWorkingSetBytes = 800,
        MemoryAvailableBytes = 700,
        MemoryRssBytes = 600,
        PageFaults = 50,
        MajorPageFaults = 5,
        PidsCurrent = 4,
    };

    private FakeNode _node = null!;

    public async Task InitializeAsync() => _node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task The_group_that_the_kubelet_names_is_the_pods()
    {
        _node.Cgroups.Usage[KubeletsGroup] = s_used;
        SandboxId id = await RunAsync("web", KubeletsGroup);
        ContainerId container = await _node.StartAsync(id);

        SandboxStats stats = _node.Runtime.SandboxStats(id);

        AssertUsage(s_used, stats);
        Assert.Equal(id, stats.Sandbox.Id);
        Assert.True(stats.TimestampNanoseconds > 0);
        Assert.Equal(container, Assert.Single(stats.Containers).Container.Id);
    }

    [Fact]
    public async Task Without_a_group_of_its_own_the_pod_is_the_sum_of_its_groups()
    {
        SandboxId id = await RunAsync("web", string.Empty);
        ContainerId one = await _node.StartAsync(id);
        ContainerId two = await _node.StartAsync(id, config => config with { Metadata = new ContainerMetadata("two", 0) });
        ContainerId ended = await _node.StartAsync(id, config => config with { Metadata = new ContainerMetadata("ended", 0) });
        foreach (string group in (string[])[id.Value, one.Value, two.Value, ended.Value])
        {
            _node.Cgroups.Usage[$"{_node.Options.CgroupParent}/{group}"] = s_used;
        }

        _node.Shims.Of(id).End(ended.Value, 0);
        await _node.WaitAsync(ended, ContainerState.Exited);

        SandboxStats stats = _node.Runtime.SandboxStats(id);

        AssertUsage(
            new CgroupStats
            {
                CpuUsageNanoseconds = 3_000,
                MemoryUsageBytes = 2_700,
                MemoryWorkingSetBytes = 2_400,
                MemoryRssBytes = 1_800,
                PageFaults = 150,
                MajorPageFaults = 15,
                PidsCurrent = 12,
            },
            stats);
        Assert.Equal([one, two], stats.Containers.Select(container => container.Container.Id));
    }

    [Fact]
    public async Task What_no_group_counts_is_unknown_and_not_zero()
    {
        SandboxId id = await RunAsync("web", string.Empty);
        ContainerId container = await _node.StartAsync(id);
        foreach (string group in (string[])[id.Value, container.Value])
        {
            _node.Cgroups.Usage[$"{_node.Options.CgroupParent}/{group}"] = new CgroupStats { CpuUsageNanoseconds = 3 };
        }

        SandboxStats stats = _node.Runtime.SandboxStats(id);
        Assert.Equal(6UL, stats.CpuUsageNanoseconds);
        Assert.Equal((null, null, null, null), (stats.MemoryUsageBytes, stats.MemoryWorkingSetBytes, stats.PageFaults, stats.Pids));
    }

    [Fact]
    public async Task A_group_that_two_pods_name_is_neithers()
    {
        _node.Cgroups.Usage[KubeletsGroup] = s_used;
        SandboxId one = await RunAsync("one", KubeletsGroup);
        Assert.Equal(1_000UL, _node.Runtime.SandboxStats(one).CpuUsageNanoseconds);

        SandboxId two = await RunAsync("two", KubeletsGroup + "/");

        // What the fake says of a group that is not told otherwise.
        Assert.Equal([5UL, 5UL], _node.Runtime.ListSandboxStats(SandboxFilter.All).Select(stats => stats.CpuUsageNanoseconds!.Value));
        await _node.Runtime.StopSandboxAsync(two, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(1_000UL, _node.Runtime.SandboxStats(one).CpuUsageNanoseconds);
    }

    [Fact]
    public async Task A_second_attempt_of_the_same_pod_does_not_make_the_group_anothers()
    {
        _node.Cgroups.Usage[KubeletsGroup] = s_used;
        await RunAsync("web", KubeletsGroup);
        SandboxConfig again = Samples.Sandbox("web", attempt: 1) with { CgroupParent = KubeletsGroup, PortMappings = [], LogDirectory = string.Empty };
        SandboxId second = await _node.RunAsync(again);
        Assert.Equal(1_000UL, _node.Runtime.SandboxStats(second).CpuUsageNanoseconds);
    }

    [Fact]
    public async Task The_daemons_own_parent_is_no_pods_even_when_named()
    {
        _node.Cgroups.Usage[_node.Options.CgroupParent] = s_used;
        SandboxId id = await RunAsync("web", _node.Options.CgroupParent);
        Assert.Equal(5UL, _node.Runtime.SandboxStats(id).CpuUsageNanoseconds);
    }

    [Fact]
    public async Task Traffic_is_that_of_eth0_and_the_others_without_loopback()
    {
        SandboxId id = await RunAsync("web", string.Empty);
        var eth0 = new InterfaceCounters("eth0", 1, 2, 3, 4);
        var second = new InterfaceCounters("net1", 5, 6, 7, 8);
        Tell(id, new InterfaceCounters("lo", 9, 9, 9, 9), second, eth0);
        NetworkStats network = _node.Runtime.SandboxStats(id).Network!;
        Assert.Equal(eth0, network.Default);
        Assert.Equal(second, Assert.Single(network.Others));
        Assert.True(network.TimestampNanoseconds > 0);

        Tell(id, second);
        Assert.Equal(second, _node.Runtime.SandboxStats(id).Network!.Default);
        Tell(id, new InterfaceCounters("lo", 9, 9, 9, 9));
        Assert.Null(_node.Runtime.SandboxStats(id).Network);
    }

    [Fact]
    public async Task A_pod_on_the_hosts_network_has_no_traffic_of_its_own()
    {
        _node.Host.Interfaces[string.Empty] = [new InterfaceCounters("eth0", 1, 2, 3, 4)];
        SandboxId id = await _node.RunAsync(_node.Sandbox(hostNetwork: true));
        Assert.Null(_node.Runtime.SandboxStats(id).Network);
    }

    [Fact]
    public async Task Only_ready_sandboxes_have_statistics()
    {
        SandboxId id = await RunAsync("web", string.Empty);
        await _node.Runtime.StopSandboxAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(ErrorKind.FailedPrecondition, Assert.Throws<KeelsonException>(() => _node.Runtime.SandboxStats(id)).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<KeelsonException>(() => _node.Runtime.SandboxStats(SandboxId.New())).Kind);
        Assert.Empty(_node.Runtime.ListSandboxStats(SandboxFilter.All));
    }

    [Fact]
    public async Task A_list_is_narrowed_by_id_and_labels_and_leaves_out_what_is_gone()
    {
        SandboxId one = await RunAsync("one", string.Empty);
        SandboxId two = await RunAsync("two", string.Empty);
        SandboxId gone = await RunAsync("gone", string.Empty);
        _node.Cgroups.Groups.TryRemove($"{_node.Options.CgroupParent}/{gone.Value}", out _);

        Assert.Equal([one, two], List(SandboxFilter.All));
        Assert.Equal([one], List(new SandboxFilter { IdPrefix = one.Value[..20] }));
        Assert.Equal([two], List(new SandboxFilter { Labels = Maps.Of([new("io.kubernetes.pod.name", "two")]) }));
        Assert.Empty(List(new SandboxFilter { Labels = Maps.Of([new("io.kubernetes.pod.name", "three")]) }));

        IEnumerable<SandboxId> List(SandboxFilter filter) => _node.Runtime.ListSandboxStats(filter).Select(stats => stats.Sandbox.Id);
    }

    private void Tell(SandboxId id, params ImmutableArray<InterfaceCounters> interfaces) =>
        _node.Host.Interfaces[_node.Runtime.SandboxStatus(id).Status.NetworkNamespacePath] = interfaces;

    private Task<SandboxId> RunAsync(string name, string parent) => _node.RunAsync(_node.Sandbox(name) with { CgroupParent = parent });

    private static void AssertUsage(CgroupStats expected, SandboxStats stats) => Assert.Equal(
        expected,
        new CgroupStats
        {
            CpuUsageNanoseconds = stats.CpuUsageNanoseconds,
            MemoryUsageBytes = stats.MemoryUsageBytes,
            MemoryWorkingSetBytes = stats.MemoryWorkingSetBytes,
            MemoryAvailableBytes = stats.MemoryAvailableBytes,
            MemoryRssBytes = stats.MemoryRssBytes,
            PageFaults = stats.PageFaults,
            MajorPageFaults = stats.MajorPageFaults,
            PidsCurrent = stats.Pids,
        });
}
