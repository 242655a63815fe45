using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Containers;

public sealed class ContainerVolumeTests : SandboxTest
{
    [Fact]
    public async Task A_volume_of_the_image_is_a_writable_mount_of_a_directory_of_the_container()
    {
        ContainerId id = await Node.CreateAsync(
            Sandbox, config => config with { Security = config.Security with { ReadonlyRootfs = true } }, image: Image("/data", "/var/cache"));
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        MountSpec data = Mount("/data");
        Assert.Equal("bind", data.Type);
        Assert.Equal(["rbind", "rw", "rprivate"], data.Options.ToArray());
        Assert.StartsWith(Node.Layout.Container(id).Value, data.Source, StringComparison.Ordinal);
        Assert.True(Directory.Exists(data.Source));
        Assert.NotEqual(data.Source, Mount("/var/cache").Source);
    }

    [Fact]
    public async Task A_mount_of_the_request_takes_the_place_of_a_volume()
    {
        string host = Node.Layout.Sandboxes.Child("host").Value;
        ContainerId id = await Node.CreateAsync(
            Sandbox, config => config with { Mounts = [new ContainerMount { ContainerPath = "/data", HostPath = host }] }, image: Image("/data/"));
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.Equal(host, Mount("/data").Source);
        Assert.False(Directory.Exists(Node.Layout.Container(id).Child("volumes").Value));
    }

    [Fact]
    public async Task A_restarted_daemon_starts_a_container_with_the_volumes_it_was_created_with()
    {
        ContainerId id = await Node.CreateAsync(Sandbox, image: Image("/data"));
        await Node.RestartAsync();
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.StartsWith(Node.Layout.Container(id).Value, Mount("/data").Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_goes_with_its_container_whatever_was_put_into_it()
    {
        ContainerId id = await Node.CreateAsync(Sandbox, image: Image("/data"));
        HostPath directory = Node.Layout.Container(id);
        using (SafeFd volume = PlainFile.TryOpenDirectory(directory.Child("volumes").Child("0").Value, out _)!)
        {
            // No text in any encoding that the framework reads names with.
            Assert.Equal(Errno.None, FilesAt.TryMakeDirectory(volume, [0xff, 0xfe], 0x1c0));
        }

        await Node.Runtime.RemoveContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.False(Directory.Exists(directory.Value));
        Assert.True(SpinWait.SpinUntil(() => !Directory.EnumerateFileSystemEntries(Node.Layout.Containers.Value).Any(), Samples.Patience));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/data/../..")]
    public async Task A_volume_that_cannot_be_one_refuses_the_container_and_leaves_nothing(string path)
    {
        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(() => Node.CreateAsync(Sandbox, image: Image(path)));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Node.Layout.Containers.Value));
    }

    [Fact]
    public async Task A_volume_that_cannot_be_filled_leaves_nothing_and_gives_the_lease_back()
    {
        var layer = new ImageLayer(Digest.Parse("sha256:" + new string('c', 64)), HostPath.Parse("/no/such/layer"));
        using var lease = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<KeelsonException>(() => Node.CreateAsync(Sandbox, image: Image("/data") with { Layers = [layer] }, lease: lease));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Node.Layout.Containers.Value));
        Assert.Throws<ObjectDisposedException>(() => lease.Token);
    }

    private static ResolvedImage Image(params string[] volumes)
    {
        ResolvedImage image = Samples.Image();
        return image with { Config = image.Config with { Volumes = [.. volumes] } };
    }

    private MountSpec Mount(string destination) => Assert.Single(Node.Plans.LastContainer!.Spec.Mounts, mount => mount.Destination == destination);
}
