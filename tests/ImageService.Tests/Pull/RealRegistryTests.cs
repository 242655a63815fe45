using Keelson.Core;
using Keelson.Images;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Pull;

[Trait("needs", "root")]
public sealed class RealRegistryTests
{
    [SkippableTheory]
    [InlineData(ManifestFormat.Oci, LayerFormat.Gzip)]
    [InlineData(ManifestFormat.Oci, LayerFormat.Zstd)]
    [InlineData(ManifestFormat.Oci, LayerFormat.Plain)]
    [InlineData(ManifestFormat.Docker, LayerFormat.Gzip)]
    [InlineData(ManifestFormat.Docker, LayerFormat.Plain)]
    public async Task An_image_is_pulled_unpacked_and_described(ManifestFormat format, LayerFormat layers)
    {
        Skip.If(LocalRegistry.MissingReason is not null, LocalRegistry.MissingReason);
        Needs.Root();
        TestImage image = TestImage.Build().Manifest(format).Layers(layers)
            .Layer(tar => tar.Directory("etc").File("etc/name", "lower").File("etc/other", "x", "0600", 1000, 1001))
            .Layer(tar => tar.File("etc/name", "upper"))
            .Entrypoint("/bin/app").Command("serve").Environment("A", "b=c").User("1000:1001").WorkingDirectory("/srv")
            .StopSignal("SIGINT").Volume("/data").Label("l", "v")
            .Build();
        await using LocalRegistry registry = await LocalRegistry.StartAsync().WaitAsync(ImageHost.Limit);
        string reference = await registry.PushAsync(image, "team/app", "v1").WaitAsync(ImageHost.Limit);
        using var host = new ImageHost();

        Digest id = await host.PullAsync(reference);

        Assert.Equal(image.ConfigDigest, id);
        ImageRecord record = Assert.Single(host.Service.List());
        Assert.Equal([reference], record.RepoTags.AsEnumerable());
        Assert.Equal([$"{registry.Host}/team/app@{image.Manifest.Digest}"], record.RepoDigests.AsEnumerable());
        Assert.True(record.SizeBytes > 0);
        using ImageLease lease = host.Service.Acquire(id.Value);
        Assert.Equal(["upper", "lower"], lease.Image.Layers.Select(layer => File.ReadAllText($"{layer.Directory}/etc/name")));
        Assert.Equal($"{registry.Host}/team/app@{image.Manifest.Digest}", lease.Image.RepoDigest);
        ImageRunConfig run = lease.Image.Config;
        Assert.Equal(["/bin/app"], run.Entrypoint.AsEnumerable());
        Assert.Equal(["serve"], run.Command.AsEnumerable());
        Assert.Equal(["A=b=c"], run.Environment.AsEnumerable());
        Assert.Equal(("1000:1001", "/srv", "SIGINT"), (run.User, run.WorkingDirectory, run.StopSignal));
        Assert.Equal(["/data"], run.Volumes.AsEnumerable());
        Assert.Equal(1000, ImageUser.Parse(run.User).Uid);
        Assert.Contains("\"rootfs\"", await host.Service.ConfigAsync(record, CancellationToken.None), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_index_is_followed_to_this_platform_and_named_by_its_own_digest()
    {
        Skip.If(LocalRegistry.MissingReason is not null, LocalRegistry.MissingReason);
        Needs.Root();
        TestImage here = ImageOf(Keelson.Images.Registry.Platform.Node.Architecture);
        TestImageIndex index = TestImageIndex.Of(ManifestFormat.Oci, ImageOf("s390x"), here);
        await using LocalRegistry registry = await LocalRegistry.StartAsync().WaitAsync(ImageHost.Limit);
        string reference = await registry.PushAsync(index, "multi").WaitAsync(ImageHost.Limit);
        using var host = new ImageHost();

        Assert.Equal(here.ConfigDigest, await host.PullAsync(reference));
        Assert.Equal([$"{registry.Host}/multi@{index.Index.Digest}"], host.Get(here.ConfigDigest).RepoDigests.AsEnumerable());
        Assert.NotNull(host.Service.Find($"{registry.Host}/multi@{index.Index.Digest}"));
    }

    [SkippableFact]
    public async Task Busybox_is_the_same_after_overlayfs_put_it_together()
    {
        Skip.If(LocalRegistry.MissingReason is not null, LocalRegistry.MissingReason);
        Skip.If(BusyboxImage.MissingReason is not null, BusyboxImage.MissingReason);
        Needs.Root();
        TestImage image = BusyboxImage.Create(builder => builder.Layer(tar => tar.File("etc/added", "1").Whiteout("etc/hostname")));
        await using LocalRegistry registry = await LocalRegistry.StartAsync().WaitAsync(ImageHost.Limit);
        string reference = await registry.PushAsync(image, "busybox").WaitAsync(ImageHost.Limit);
        using var host = new ImageHost();

        Digest id = await host.PullAsync(reference);
        using var merged = OverlayView.Of(host.Service, id);
        Assert.True(File.Exists($"{merged.Path}/etc/added"));
        Assert.False(File.Exists($"{merged.Path}/etc/hostname"));
        CommandResult run = await Command.RunAsync("chroot", [merged.Path, "/bin/sh", "-c", "id -u && stat -c %a /tmp"]);
        Assert.Equal("0\n1777\n", run.Output);
    }

    private static TestImage ImageOf(string architecture) =>
        TestImage.Build().Platform("linux", architecture).Layer(tar => tar.File("arch", architecture)).Build();
}
