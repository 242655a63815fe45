using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Sandboxes;

public sealed class UpdateSandboxTests : IAsyncLifetime
{
    private static readonly LinuxResources s_asked = new() { CpuShares = 100, MemoryLimitBytes = 1 << 20 };

    private FakeNode _node = null!;
    private SandboxId _id;

    public async Task InitializeAsync()
    {
        _node = await FakeNode.StartAsync();
        _id = await _node.RunAsync(_node.Sandbox() with { Overhead = s_asked, Resources = s_asked });
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Until_an_update_the_configuration_holds_and_an_update_takes_its_place_as_a_whole()
    {
        Assert.Equal((s_asked, s_asked), (Snapshot.Overhead, Snapshot.Resources));

        await UpdateAsync(new() { MemoryLimitBytes = 5 << 20 }, new() { CpuQuota = 20_000, CpuPeriod = 100_000 });

        Assert.Equal(new LinuxResources { MemoryLimitBytes = 5 << 20 }, Snapshot.Overhead);
        Assert.Equal(new LinuxResources { CpuQuota = 20_000, CpuPeriod = 100_000 }, Snapshot.Resources);
        Assert.Equal(s_asked, Snapshot.Config.Resources);
    }

    [Fact]
    public async Task What_an_update_does_not_say_stays()
    {
        await UpdateAsync(null, new() { CpuShares = 300 });
        await UpdateAsync(new() { CpuShares = 7 }, null);
        Assert.Equal((7, 300), (Snapshot.Overhead!.CpuShares, Snapshot.Resources!.CpuShares));
    }

    [Fact]
    public async Task An_update_is_in_the_verbose_status_and_outlives_the_daemon()
    {
        await UpdateAsync(
            new() { MemoryLimitBytes = 9 },
            new() { CpusetCpus = "0-1", HugepageLimits = [new HugepageLimit("2MB", 4 << 20)], Unified = Maps.Of([new("memory.high", "77")]) });
        SandboxSnapshot before = Snapshot;

        await _node.RestartAsync();

        Assert.Equal((before.Overhead, before.Resources), (Snapshot.Overhead, Snapshot.Resources));
        JsonNode info = JsonNode.Parse(await _node.Runtime.SandboxInfoAsync(_id, CancellationToken.None))!;
        Assert.Equal(9, (long)info["overhead"]!["memoryLimitBytes"]!);
        Assert.Equal("0-1", (string?)info["resources"]!["cpusetCpus"]);
        Assert.Equal("77", (string?)info["resources"]!["unified"]!["memory.high"]);
    }

    [Fact]
    public async Task No_cgroup_is_written_to()
    {
        var before = _node.Cgroups.Groups.ToDictionary();
        _node.Cgroups.UpdateProblem = "the pod's cgroup is the kubelet's";
        await UpdateAsync(s_asked, new() { CpuShares = 1024, MemoryLimitBytes = 1 << 30 });
        Assert.Equal(before, _node.Cgroups.Groups);
    }

    [Fact]
    public async Task A_repeated_update_writes_nothing_more()
    {
        await UpdateAsync(null, Resources());
        int lines = RecordFile.CountLines(_node.Layout.Sandbox(_id));
        SandboxSnapshot before = Snapshot;

        await UpdateAsync(null, Resources());
        await UpdateAsync(null, null);

        Assert.Same(before, Snapshot);
        Assert.Equal(lines, RecordFile.CountLines(_node.Layout.Sandbox(_id)));
        await UpdateAsync(null, Resources() with { HugepageLimits = [new HugepageLimit("2MB", 2)] });
        Assert.Equal(lines + 1, RecordFile.CountLines(_node.Layout.Sandbox(_id)));

        static LinuxResources Resources() => new() { HugepageLimits = [new HugepageLimit("2MB", 1)], Unified = Maps.Of([new("pids.max", "5")]) };
    }

    [Fact]
    public async Task Updates_at_once_are_each_kept_or_replaced_as_a_whole()
    {
        await Task.WhenAll(Enumerable.Range(2, 20).Select(n => Task.Run(() => UpdateAsync(new() { CpuShares = n }, new() { CpuShares = n }))));
        Assert.InRange(Snapshot.Overhead!.CpuShares, 2, 21);
        Assert.Equal(Snapshot.Overhead, Snapshot.Resources);
    }

    [Fact]
    public async Task An_update_waits_for_a_stop_under_way_and_then_finds_the_sandbox_not_ready()
    {
        var gate = new TaskCompletionSource();
        var leaving = new TaskCompletionSource();
        _node.Network.BeforeDetach = () =>
        {
            leaving.TrySetResult();
            return gate.Task;
        };
        Task stop = _node.Runtime.StopSandboxAsync(_id, CancellationToken.None);
        await leaving.Task.WaitAsync(Samples.Patience);
        Task update = UpdateAsync(null, new() { CpuShares = 300 });
        await Task.Delay(100);
        Assert.False(update.IsCompleted);

        gate.SetResult();
        await stop.WaitAsync(Samples.Patience);

        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(() => update);
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("NotReady", refused.Message, StringComparison.Ordinal);
        Assert.Equal(s_asked, Snapshot.Resources);
    }

    [Fact]
    public async Task A_sandbox_that_is_not_there_is_NotFound()
    {
        await _node.Runtime.RemoveSandboxAsync(_id, CancellationToken.None).WaitAsync(Samples.Patience);
        KeelsonException missing = await Assert.ThrowsAsync<KeelsonException>(() => UpdateAsync(null, s_asked));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
    }

    public static TheoryData<string, LinuxResources> Impossible() => new()
    {
        { "cpu_period 999", new() { CpuPeriod = 999 } },
        { "cpu_period 1000001", new() { CpuPeriod = 1_000_001 } },
        { "cpu_quota -2", new() { CpuQuota = -2 } },
        { "cpu_quota 999", new() { CpuQuota = 999 } },
        { "cpu_shares -1", new() { CpuShares = -1 } },
        { "memory_limit_in_bytes -2", new() { MemoryLimitBytes = -2 } },
        { "memory_swap_limit_in_bytes -2", new() { MemorySwapLimitBytes = -2 } },
        { "memory_swap_limit_in_bytes 4", new() { MemorySwapLimitBytes = 4, MemoryLimitBytes = 5 } },
        { "oom_score_adj 1001", new() { OomScoreAdj = 1001 } },
        { "cpuset_cpus '3-1'", new() { CpusetCpus = "3-1" } },
        { "cpuset_cpus '0,'", new() { CpusetCpus = "0," } },
        { "cpuset_mems 'x'", new() { CpusetMems = "x" } },
        { "page size '2'", new() { HugepageLimits = [new HugepageLimit("2", 1)] } },
        { "unified '../cgroup.procs'", new() { Unified = Maps.Of([new("../cgroup.procs", "1")]) } },
        { "unified 'memory'", new() { Unified = Maps.Of([new("memory", "1")]) } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task What_no_pod_can_have_is_refused_by_the_fields_name_and_nothing_changes(string named, LinuxResources impossible)
    {
        KeelsonException overhead = await Assert.ThrowsAsync<KeelsonException>(() => UpdateAsync(impossible, new() { CpuShares = 3 }));
        KeelsonException resources = await Assert.ThrowsAsync<KeelsonException>(() => UpdateAsync(new() { CpuShares = 3 }, impossible));

        Assert.Equal((ErrorKind.InvalidArgument, ErrorKind.InvalidArgument), (overhead.Kind, resources.Kind));
        Assert.StartsWith("overhead.", overhead.Message, StringComparison.Ordinal);
        Assert.StartsWith("resources.", resources.Message, StringComparison.Ordinal);
        Assert.Contains(named, overhead.Message, StringComparison.Ordinal);
        Assert.Equal((s_asked, s_asked), (Snapshot.Overhead, Snapshot.Resources));
    }

    [Fact]
    public async Task What_a_kubelet_says_is_taken()
    {
        var full = new LinuxResources
        {
            CpuPeriod = 100_000,
            CpuQuota = -1,
            CpuShares = 2,
            MemoryLimitBytes = 1 << 30,
            MemorySwapLimitBytes = 1 << 30,
            OomScoreAdj = -997,
            CpusetCpus = "0-3,6",
            CpusetMems = "0",
            HugepageLimits = [new HugepageLimit("64KB", 0), new HugepageLimit("2MB", 0), new HugepageLimit("1GB", 0)],
            Unified = Maps.Of([new("memory.oom.group", "1")]),
        };
        await UpdateAsync(LinuxResources.None, full);
        Assert.Equal((LinuxResources.None, full), (Snapshot.Overhead, Snapshot.Resources));
    }

    private SandboxSnapshot Snapshot => _node.Runtime.SandboxStatus(_id);

    private Task UpdateAsync(LinuxResources? overhead, LinuxResources? resources) =>
        _node.Runtime.UpdateSandboxResourcesAsync(_id, overhead, resources, CancellationToken.None).WaitAsync(Samples.Patience);
}
