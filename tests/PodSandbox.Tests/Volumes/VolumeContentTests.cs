using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Volumes;

namespace Keelson.PodSandbox.Tests.Volumes;

[Trait("needs", "root")]
public sealed class VolumeContentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void A_volume_holds_what_all_layers_together_show_at_its_path()
    {
        Write("below/data/kept", "below");
        Write("below/data/changed", "below");
        Write("above/data/changed", "above");
        Write("above/data/deep/new", "above");

        HostPath volume = Fill(["above", "below"], "/data");

        Assert.Equal("below", File.ReadAllText(volume.Child("kept").Value));
        Assert.Equal("above", File.ReadAllText(volume.Child("changed").Value));
        Assert.Equal("above", File.ReadAllText(volume.Child("deep").Child("new").Value));
    }

    [SkippableFact]
    public void Where_the_image_has_nothing_a_volume_is_empty_and_open_to_all()
    {
        Write("one/other", "x");

        HostPath volume = Fill(["one"], "/no/such/path");

        Assert.Empty(Directory.EnumerateFileSystemEntries(volume.Value));
        Assert.Equal("755", Mode(volume));
        Assert.Equal("755", Mode(Fill([], "/data")));
    }

    // An image whose volume's path leads over links, or by dots, to files of the host.
    [SkippableTheory]
    [Trait("CVE", "2022-23648")]
    [InlineData("/link")]
    [InlineData("/absolute")]
    [InlineData("/nested/up")]
    [InlineData("/link/../../../../secrets")]
    public void A_path_never_leads_out_of_the_image(string path)
    {
        Write("secrets/host", "the host's");
        Write("one/secrets/image", "the image's");
        Directory.CreateDirectory(Host("one/nested"));
        string up = string.Concat(Enumerable.Repeat("../", 40));
        File.CreateSymbolicLink(Host("one/link"), up + Host("secrets")[1..]);
        File.CreateSymbolicLink(Host("one/absolute"), Host("secrets"));
        File.CreateSymbolicLink(Host("one/nested/up"), up + Host("secrets")[1..]);

        HostPath volume = Fill(["one"], path);

        Assert.DoesNotContain("host", Directory.EnumerateFileSystemEntries(volume.Value).Select(Path.GetFileName));
    }

    [SkippableFact]
    public void A_link_inside_the_image_is_followed_inside_it()
    {
        Write("one/etc/passwd", "the image's");
        File.CreateSymbolicLink(Host("one/config"), "../../../../etc");

        Assert.Equal("the image's", File.ReadAllText(Fill(["one"], "/config").Child("passwd").Value));
    }

    [SkippableFact]
    public void A_link_among_the_content_is_copied_as_a_link()
    {
        Write("secrets/host", "the host's");
        Directory.CreateDirectory(Host("one/data"));
        File.CreateSymbolicLink(Host("one/data/link"), Host("secrets/host"));

        Assert.Equal(Host("secrets/host"), new FileInfo(Fill(["one"], "/data").Child("link").Value).LinkTarget);
    }

    [SkippableTheory]
    [InlineData("/file")]
    [InlineData("/file/below")]
    [InlineData("/loop")]
    public void What_is_no_directory_in_the_image_can_be_no_volume(string path)
    {
        Write("one/file", "x");
        File.CreateSymbolicLink(Host("one/loop"), "loop");

        KeelsonException refused = Assert.Throws<KeelsonException>(() => Fill(["one"], path));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    private static string Mode(HostPath path) => Convert.ToString((int)File.GetUnixFileMode(path.Value), 8);

    private string Host(string path) => Path.Join(_directory.Path.Value, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Host(path))!);
        File.WriteAllText(Host(path), text);
    }

    private HostPath Fill(string[] layers, string path)
    {
        Skip.If(ProcessAttributes.EffectiveUserId != 0, "needs root: mounts and owners");
        HostPath directory = HostPath.Parse(Directory.CreateDirectory(Host($"volume-{Guid.NewGuid():N}")).FullName);
        File.SetUnixFileMode(directory.Value, StateDirectory.Mode);
        ImmutableArray<ImageLayer> found = [.. layers.Select((name, index) =>
            new ImageLayer(Digest.Parse("sha256:" + new string((char)('a' + index), 64)), HostPath.Parse(Host(name))))];
        VolumeContent.Fill(Samples.Image([.. found]), [new VolumeMount(path, directory)]);
        return directory;
    }
}
