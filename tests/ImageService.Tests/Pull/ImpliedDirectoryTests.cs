using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Pull;

/// <summary>
/// Layers whose archives leave out the directories their entries are in: unpacked apart from each other, they must show
/// what unpacking in order would have made.
/// </summary>
[Trait("needs", "root")]
public sealed class ImpliedDirectoryTests
{
    private static readonly UnixFileMode Sticky = (UnixFileMode)Convert.ToInt32("1777", 8);

    [SkippableFact]
    public async Task An_implied_directory_takes_after_the_one_below()
    {
        Needs.Root();
        using Merged image = await Merged.OfAsync(
            tar => tar.Directory("tmp", "1777").Directory("home", "0755").Directory("home/app", "0750", 1000, 1001).Directory("srv", "0711"),
            tar => tar.File("tmp/a", "1").File("home/app/.profile", "2"),
            tar => tar.File("home/app/.cache/x", "3").File("srv/new/deep/file", "4"));

        Assert.Equal(Sticky, File.GetUnixFileMode(image.Path + "/tmp"));
        Assert.Equal("750 1000 1001", await image.StatAsync("home/app"));
        Assert.Equal("755 0 0", await image.StatAsync("home/app/.cache"));
        Assert.Equal("711 0 0", await image.StatAsync("srv"));
        Assert.Equal("755 0 0", await image.StatAsync("srv/new/deep"));
    }

    [SkippableFact]
    public async Task The_root_takes_after_the_one_below_unless_it_is_described()
    {
        Needs.Root();
        using Merged plain = await Merged.OfAsync(tar => tar.Directory("./", "0700", 5, 6).Directory("a"), tar => tar.File("b", "1"));
        Assert.Equal("700 5 6", await plain.StatAsync("."));
        using Merged described = await Merged.OfAsync(tar => tar.Directory("./", "0700"), tar => tar.Directory("./", "0755").File("b", "1"));
        Assert.Equal("755 0 0", await described.StatAsync("."));
    }

    [SkippableFact]
    public async Task A_directory_described_after_its_content_is_as_described()
    {
        Needs.Root();
        using Merged image = await Merged.OfAsync(
            tar => tar.Directory("d", "0700"),
            tar => tar.File("d/a", "1").Directory("d", "0711", 7, 8));
        Assert.Equal("711 7 8", await image.StatAsync("d"));
    }

    [SkippableFact]
    public async Task An_implied_directory_that_is_a_link_below_stays_a_link()
    {
        Needs.Root();
        using Merged image = await Merged.OfAsync(
            tar => tar.Directory("usr").Directory("usr/lib", "0750", 3, 4).File("usr/lib/old", "1").Symlink("lib", "usr/lib").Symlink("lib64", "/lib"),
            tar => tar.File("lib/new", "2").File("lib/modules/m", "3").File("usr/lib/both", "4"),
            tar => tar.File("lib64/newest", "5").File("lib/modules/n", "6"));

        Assert.Equal("usr/lib", new FileInfo(image.Path + "/lib").LinkTarget);
        Assert.Equal("/lib", new FileInfo(image.Path + "/lib64").LinkTarget);
        Assert.Equal("750 3 4", await image.StatAsync("usr/lib"));
        foreach (string name in (string[])["old", "new", "both", "newest", "modules/m", "modules/n"])
        {
            Assert.True(File.Exists($"{image.Path}/usr/lib/{name}"), name);
        }
    }

    [SkippableFact]
    public async Task A_link_below_that_leads_out_leads_nowhere_but_inside()
    {
        Needs.Root();
        using Merged image = await Merged.OfAsync(
            tar => tar.Symlink("out", "../../../../../../etc").Symlink("circle", "circle2").Symlink("circle2", "circle"),
            tar => tar.File("out/keelson-escaped", "1").File("circle/a", "2"));

        Assert.True(File.Exists(image.Path + "/etc/keelson-escaped"));
        Assert.False(File.Exists("/etc/keelson-escaped"));
        Assert.True(File.Exists(image.Path + "/circle/a"));
    }

    [SkippableFact]
    public async Task What_was_removed_in_between_is_not_taken_after()
    {
        Needs.Root();
        using Merged image = await Merged.OfAsync(
            tar => tar.Directory("d", "0700").Directory("e", "0755").Directory("e/f", "0700"),
            tar => tar.Whiteout("d").Opaque("e"),
            tar => tar.File("d/a", "1").File("e/f/a", "2"));

        Assert.Equal("755 0 0", await image.StatAsync("d"));
        Assert.Equal("755 0 0", await image.StatAsync("e/f"));
    }

    private sealed class Merged : IDisposable
    {
        private readonly ImageHost _host = new();
        private OverlayView? _view;

        public string Path => _view!.Path;

        public static async Task<Merged> OfAsync(params Action<TarBuilder>[] layers)
        {
            TestImageBuilder builder = TestImage.Build();
            foreach (Action<TarBuilder> layer in layers)
            {
                builder.Layer(layer);
            }

            await using var registry = new FakeRegistry();
            var merged = new Merged();
            Digest id = await merged._host.PullAsync(registry.Add(builder.Build()));
            await merged._host.PullAsync($"{registry.Host}/team/app:v1");
            merged._view = OverlayView.Of(merged._host.Service, id);
            return merged;
        }

        public async Task<string> StatAsync(string path) =>
            (await Command.RunAsync("stat", ["-c", "%a %u %g", $"{Path}/{path}"])).Succeeded().Trim();

        public void Dispose()
        {
            _view?.Dispose();
            _host.Dispose();
        }
    }
}
