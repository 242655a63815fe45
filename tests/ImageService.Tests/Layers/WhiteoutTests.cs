using Keelson.Linux;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

[Trait("needs", "root")]
public sealed class WhiteoutTests
{
    private const string Opaque = "trusted.overlay.opaque=79;";

    [SkippableFact]
    public async Task A_whiteout_becomes_a_device_that_overlayfs_understands()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.Directory("etc").Whiteout("etc/gone").Whiteout("top"));

        Assert.Equal(["etc", "etc/gone", "top"], TreeListing.Of(place.Target).Select(entry => entry.Path));
        foreach (string path in (string[])["etc/gone", "top"])
        {
            TreeEntry entry = TreeListing.Find(place.Target, path)!;
            Assert.Equal((FileKind.CharacterDevice, default(DeviceNumber)), (entry.Kind, entry.Device));
        }
    }

    [SkippableFact]
    public async Task An_opaque_mark_becomes_an_attribute_of_its_directory()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.Directory("d").Opaque("d").File("d/a", "1").Opaque("made/too"));

        Assert.Equal(Opaque, TreeListing.Find(place.Target, "d")!.Attributes);
        Assert.Equal(Opaque, TreeListing.Find(place.Target, "made/too")!.Attributes);
        Assert.Equal(["d", "d/a", "made", "made/too"], TreeListing.Of(place.Target).Select(entry => entry.Path));
    }

    [SkippableFact]
    public async Task A_whiteout_speaks_of_lower_layers_only_whatever_the_order()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory("before").File("before/kept", "1").Whiteout("before")
            .Whiteout("after").Directory("after").File("after/kept", "2")
            .Whiteout("implied").File("implied/kept", "3")
            .File("file", "4").Whiteout("file"));

        Assert.Equal(Opaque, TreeListing.Find(place.Target, "before")!.Attributes);
        Assert.Equal(Opaque, TreeListing.Find(place.Target, "after")!.Attributes);
        Assert.Equal(Opaque, TreeListing.Find(place.Target, "implied")!.Attributes);
        Assert.Equal("1", TreeListing.Find(place.Target, "before/kept")!.Content);
        Assert.Equal("4", TreeListing.Find(place.Target, "file")!.Content);
    }

    [SkippableFact]
    public async Task Bookkeeping_of_aufs_is_ignored()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory(".wh..wh.plnk").File(".wh..wh.plnk/12.34", "x").File(".wh..wh.aufs", string.Empty).File("kept", "1"));

        Assert.Equal(["kept"], TreeListing.Of(place.Target).Select(entry => entry.Path));
    }
}
