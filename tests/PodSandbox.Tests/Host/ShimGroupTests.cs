using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.PodSandbox.Tests.Host;

public sealed class ShimGroupTests
{
    private static readonly CgroupLayout s_unified = new([new CgroupHierarchy(HostPath.Parse("/sys/fs/cgroup"), true, ["memory"], "")]);

    [Fact]
    public async Task Shims_are_moved_into_a_group_that_goes_with_the_daemon()
    {
        var cgroups = new FakeCgroups { Layout = s_unified };
        ShimGroup group = Open(cgroups);
        Assert.Contains("/pods/shims", cgroups.Groups.Keys);

        group.Add(7);
        await Eventually(() => !cgroups.Moved.IsEmpty);
        group.Add(8);
        await group.DisposeAsync();

        Assert.Equal([("/pods/shims", 7), ("/pods/shims", 8)], cgroups.Moved);
        Assert.Empty(cgroups.Groups);
    }

    [Fact]
    public async Task A_shim_that_the_kernel_does_not_let_in_does_not_stop_the_next()
    {
        var cgroups = new FakeCgroups { Layout = s_unified, MoveProblem = "busy" };
        ShimGroup group = Open(cgroups);
        group.Add(7);
        await Eventually(() => cgroups.MoveProblem is null);
        group.Add(8);
        await group.DisposeAsync();

        Assert.Equal([("/pods/shims", 8)], cgroups.Moved);
    }

    [Fact]
    public async Task On_version_1_they_stay_where_they_are()
    {
        var cgroups = new FakeCgroups { Layout = new([new CgroupHierarchy(HostPath.Parse("/sys/fs/cgroup/memory"), false, ["memory"], "")]) };
        ShimGroup group = Open(cgroups);
        group.Add(7);
        await group.DisposeAsync();

        Assert.Empty(cgroups.Groups);
        Assert.Empty(cgroups.Moved);
    }

    private static ShimGroup Open(FakeCgroups cgroups)
    {
        var group = new ShimGroup(cgroups, CgroupPath.Parse("/pods"), NullLogger.Instance);
        group.Open();
        return group;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }
}
