using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Cgroups;

public sealed class CgroupResourcesTests : IDisposable
{
    private readonly FakeHierarchy _fake = new();

    public void Dispose() => _fake.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(102, 17)]
    [InlineData(1024, 100)]
    [InlineData(262144, 10000)]
    [InlineData(300000, 10000)]
    public void Shares_become_weights_by_the_quadratic_curve(ulong shares, ulong weight) =>
        Assert.Equal(weight, CpuWeight.FromShares(shares));

    [Fact]
    public void Version_2_gets_its_own_files_and_values()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu", "memory", "pids"), TimeProvider.System).Get(CgroupPath.Parse("/p/c"));
        foreach (string file in (string[])["cpu.weight", "cpu.max", "memory.max", "memory.swap.max", "pids.max", "memory.oom.group"])
        {
            _fake.File($"p/c/{file}", "");
        }

        group.Apply(new ResourcesSpec
        {
            Cpu = new CpuSpec { Shares = 1024, Quota = 50000, Period = 100000 },
            Memory = new MemorySpec { Limit = 1 << 20, Swap = 3 << 20 },
            Pids = new PidsSpec(-1),
            Unified = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("memory.oom.group", "1"),
        });
        Assert.Equal("100", _fake.Read("p/c/cpu.weight"));
        Assert.Equal("50000 100000", _fake.Read("p/c/cpu.max"));
        Assert.Equal("1048576", _fake.Read("p/c/memory.max"));
        Assert.Equal("2097152", _fake.Read("p/c/memory.swap.max"));
        Assert.Equal("max", _fake.Read("p/c/pids.max"));
        Assert.Equal("1", _fake.Read("p/c/memory.oom.group"));
    }

    [Fact]
    public void Version_1_gets_its_own_files_and_values()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V1("cpu", "memory", "pids"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        foreach (string file in (string[])["cpu/c/cpu.shares", "cpu/c/cpu.cfs_quota_us", "cpu/c/cpu.cfs_period_us", "memory/c/memory.limit_in_bytes"])
        {
            _fake.File(file, "");
        }

        group.Apply(new ResourcesSpec { Cpu = new CpuSpec { Shares = 512, Quota = 20000, Period = 50000 }, Memory = new MemorySpec { Limit = 4096, Swap = 4096 } });
        Assert.Equal("512", _fake.Read("cpu/c/cpu.shares"));
        Assert.StartsWith("20000", _fake.Read("cpu/c/cpu.cfs_quota_us"), StringComparison.Ordinal);
        Assert.Equal("50000", _fake.Read("cpu/c/cpu.cfs_period_us"));
        Assert.Equal("4096", _fake.Read("memory/c/memory.limit_in_bytes"));
    }

    [Fact]
    public void A_limit_that_is_a_promise_needs_its_controller()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        KeelsonException failure = Assert.Throws<KeelsonException>(() => group.Apply(new ResourcesSpec { Memory = new MemorySpec { Limit = 4096 } }));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains("memory.max", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_page_limit_bounds_reservations_too_where_the_kernel_can()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("hugetlb"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        _fake.File("c/hugetlb.2MB.max", "");
        _fake.File("c/hugetlb.2MB.rsvd.max", "");
        _fake.File("c/hugetlb.1GB.max", "");

        group.Apply(new ResourcesSpec { HugepageLimits = [new HugepageLimitSpec("2MB", 4 << 20), new HugepageLimitSpec("1GB", 0)] });

        Assert.Equal("4194304", _fake.Read("c/hugetlb.2MB.max"));
        Assert.Equal("4194304", _fake.Read("c/hugetlb.2MB.rsvd.max"));
        Assert.Equal("0", _fake.Read("c/hugetlb.1GB.max"));
    }

    [Fact]
    public void A_huge_page_limit_without_the_controller_is_tolerated()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        group.Apply(new ResourcesSpec { HugepageLimits = [new HugepageLimitSpec("2MB", 0)] });
    }

    [Fact]
    public void An_update_that_fails_half_way_puts_back_what_it_changed()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu", "memory", "pids"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        _fake.File("c/cpu.weight", "77");
        Assert.Throws<KeelsonException>(() => group.Update(new ResourcesSpec { Cpu = new CpuSpec { Shares = 1024 }, Memory = new MemorySpec { Limit = 4096 } }));
        Assert.StartsWith("77", _fake.Read("c/cpu.weight"), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("CVE", "2023-6476")]
    [InlineData("../memory.max")]
    [InlineData("cgroup.procs")]
    [InlineData("nodot")]
    public void A_unified_setting_cannot_leave_its_group(string file)
    {
        // A pod's annotation reached other groups' limits.
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("memory"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        ResourcesSpec resources = new() { Unified = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(file, "1") };
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => group.Apply(resources)).Kind);
    }

    [Fact]
    public void Working_set_is_usage_less_inactive_files()
    {
        _fake.File("c/memory.current", "1000\n");
        _fake.File("c/memory.max", "4000\n");
        _fake.File("c/memory.stat", "anon 300\ninactive_file 400\npgfault 7\npgmajfault 2\n");
        _fake.File("c/memory.events", "low 0\noom 2\noom_kill 1\n");
        _fake.File("c/cpu.stat", "usage_usec 5\n");
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu", "memory", "pids"), TimeProvider.System).Get(CgroupPath.Parse("/c"));
        CgroupStats stats = group.ReadStats();
        Assert.Equal(600ul, stats.MemoryWorkingSetBytes);
        Assert.Equal(3400ul, stats.MemoryAvailableBytes);
        Assert.Equal(300ul, stats.MemoryRssBytes);
        Assert.Equal(7ul, stats.PageFaults);
        Assert.Equal(5000ul, stats.CpuUsageNanoseconds);
        Assert.Equal(1, group.ReadOomKills());
    }

    [Fact]
    public void Stats_of_a_group_that_is_gone_are_empty()
    {
        ICgroup group = new Oci.Cgroups.Cgroups(_fake.V2("cpu", "memory"), TimeProvider.System).Get(CgroupPath.Parse("/gone"));
        Assert.Null(group.ReadStats().MemoryUsageBytes);
        Assert.Empty(group.ReadProcesses());
        Assert.False(group.Exists);
    }
}
