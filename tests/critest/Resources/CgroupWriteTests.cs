namespace Keelson.CriTest.Resources;

/// <summary>What an ordinary container can do to cgroups, of whichever version.</summary>
public sealed class CgroupWriteTests(CriTarget target) : CriTest(target)
{
    [Fact]
    [Trait("CVE", "2023-25809")]
    public async Task No_file_of_a_cgroup_can_be_written_and_no_hierarchy_be_mounted()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, """
            find /sys/fs/cgroup -type f | while read file; do (echo 0 > $file) 2>/dev/null && echo wrote $file; done
            find /sys/fs/cgroup -type d | while read directory; do mkdir $directory/inner 2>/dev/null && [ -e $directory/inner/cgroup.procs ] && echo made $directory/inner; done
            mkdir /tmp/group
            for type in cgroup cgroup2; do mount -t $type none /tmp/group 2>/dev/null && echo mounted $type; done
            awk '$3 ~ /^cgroup/ && $4 !~ /^ro(,|$)/ { print "writable", $0 }' /proc/mounts
            echo tried
            """);

        Assert.Equal(["tried"], ran.Lines);
    }
}
