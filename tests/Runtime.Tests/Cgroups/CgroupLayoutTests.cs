using Keelson.Core;
using Keelson.Oci.Cgroups;

namespace Keelson.Runtime.Tests.Cgroups;

public class CgroupLayoutTests
{
    private const string Hybrid = """
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        77 31 0:32 /x /mnt/other rw,relatime - cgroup cgroup rw,memory
        """;

    [Fact]
    public void A_hybrid_node_has_its_controllers_in_version_1()
    {
        CgroupLayout layout = CgroupLayout.Parse(Hybrid, _ => "");
        Assert.Equal(CgroupMode.Hybrid, layout.Mode);
        Assert.Equal("cpu cpuacct", string.Join(' ', layout.Of("cpuacct")!.Controllers));
        Assert.Equal("/sys/fs/cgroup/memory", layout.Of("memory")!.MountPoint.Value);
        Assert.Equal("systemd", layout.V1.Single(hierarchy => hierarchy.Controllers.IsEmpty).Name);
        Assert.Equal("/sys/fs/cgroup/unified", layout.V2!.MountPoint.Value);
        Assert.Equal(4, layout.Hierarchies.Length);
    }

    [Fact]
    public void A_unified_node_has_only_version_2()
    {
        CgroupLayout layout = CgroupLayout.Parse("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,seclabel,nsdelegate,memory_recursiveprot", _ => "cpuset cpu io memory pids\n");
        Assert.Equal(CgroupMode.Unified, layout.Mode);
        Assert.True(layout.Of("memory")!.IsV2);
        Assert.Equal("nsdelegate memory_recursiveprot", string.Join(' ', layout.V2!.MountOptions));
    }

    [Fact]
    public void A_node_without_cgroups_is_told_apart()
    {
        KeelsonException failure = Assert.Throws<KeelsonException>(() => CgroupLayout.Parse("27 1 254:0 / / rw - ext4 /dev/vda rw", _ => ""));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("/a/../b")]
    [InlineData("/a//b")]
    [InlineData("/a\n")]
    public void A_path_that_could_climb_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => CgroupPath.Parse(text)).Kind);

    [Fact]
    public void Paths_join_by_name()
    {
        CgroupPath path = CgroupPath.Parse("kubepods/pod1").Child("c1");
        Assert.Equal("/kubepods/pod1/c1", path.Value);
        Assert.Equal("/kubepods/pod1", path.Parent.Value);
        Assert.Equal("/", CgroupPath.Parse("/").Parent.Value);
    }
}
