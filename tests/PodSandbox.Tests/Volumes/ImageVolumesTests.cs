using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Volumes;

namespace Keelson.PodSandbox.Tests.Volumes;

public sealed class ImageVolumesTests
{
    [Theory]
    [Trait("CVE", "2022-23648")]
    [InlineData("/data", "/data")]
    [InlineData("/data//sub/./dir/", "/data/sub/dir")]
    [InlineData("relative/path", "/relative/path")]
    [InlineData("/../../../etc", "/etc")]
    [InlineData("/a/../../b/..//c", "/c")]
    public void A_path_is_read_from_the_root_and_stays_below_it(string declared, string expected) =>
        Assert.Equal([expected], Of([declared]));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/..")]
    [InlineData("/data/..")]
    [InlineData("/da\0ta")]
    public void What_is_no_directory_below_the_root_is_refused(string declared) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => Of([declared])).Kind);

    [Fact]
    public void A_path_longer_than_any_path_is_refused() =>
        Assert.Throws<KeelsonException>(() => Of(["/" + new string('a', 4095)]));

    [Fact]
    public void Each_path_counts_once_and_the_order_is_fixed() =>
        Assert.Equal(["/a", "/b"], Of(["/b", "/a/", "/b/", "b", "/a"]));

    [Fact]
    public void The_requests_mounts_win_whatever_they_mount()
    {
        ContainerMount bind = new() { ContainerPath = "/data/", HostPath = "/x" };
        ContainerMount image = new() { ContainerPath = "/models", Image = new ContainerImage { Image = "models", UserSpecifiedImage = "models" }, Readonly = true };
        Assert.Equal(["/data/below", "/other"], Of(["/data", "/models/", "/other", "/data/below"], bind, image));
    }

    [Fact]
    public void What_every_container_has_is_not_the_images_to_take_away() =>
        Assert.Equal(["/sys/fs"], Of(["/proc", "/dev", "/dev/shm", "/sys/fs/cgroup", "/sys/fs", "/etc/hosts"]));

    [Fact]
    public void Too_many_are_refused() =>
        Assert.Throws<KeelsonException>(() => Of([.. Enumerable.Range(0, ImageVolumes.Most + 1).Select(number => $"/v{number}")]));

    private static string[] Of(ImmutableArray<string> declared, params ContainerMount[] mounts) => [.. ImageVolumes.Of(declared, [.. mounts])];
}
