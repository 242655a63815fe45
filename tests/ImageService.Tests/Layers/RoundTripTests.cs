using System.Text;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Linux;
using Keelson.TestKit;
using Keelson.TestKit.Images;
using Command = Keelson.TestKit.Command;
using CommandResult = Keelson.TestKit.CommandResult;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>What honest archives hold arrives whole.</summary>
[Trait("needs", "root")]
public sealed class RoundTripTests
{
    // VFS_CAP_REVISION_2 with cap_net_bind_service, effective.
    private static readonly byte[] NetBindService = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    [InlineData(LayerFormat.Plain)]
    public async Task Every_type_arrives_as_GNU_tar_extracts_it(LayerFormat format)
    {
        Needs.Program("tar", "tar");
        using var place = new Unpacking();
        byte[] archive = Everything().ToArray();
        UnpackedLayer unpacked = await place.RunAsync(archive, format: format);

        using var reference = new TemporaryDirectory("reference");
        string file = $"{reference.HostPath}/layer.tar";
        await File.WriteAllBytesAsync(file, archive);
        string extracted = reference.Sub("tree");
        CommandResult result = await Command.RunAsync(
            "tar", ["--extract", "--file", file, "--directory", extracted, "--same-owner", "--preserve-permissions", "--numeric-owner", "--xattrs", "--xattrs-include=*"]);
        result.Succeeded();

        Assert.Equal(TreeListing.Of(extracted), TreeListing.Of(place.Target));
        Assert.Equal(TreeListing.Of(place.Target).Count(entry => entry.SameInodeAs.Length == 0), unpacked.Inodes);
    }

    [SkippableTheory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    public async Task An_archive_that_GNU_tar_made_arrives_whole(string format)
    {
        Needs.Program("tar", "tar");
        using var place = new Unpacking();
        using var source = new TemporaryDirectory("source");
        string tree = source.Sub("tree");
        Directory.CreateDirectory($"{tree}/d/e");
        await File.WriteAllTextAsync($"{tree}/d/file", "content");
        await File.WriteAllBytesAsync($"{tree}/d/large", new byte[1_000_001]);
        File.CreateSymbolicLink($"{tree}/d/link", "file");
        string longest = format is "v7" or "ustar" ? "short" : new string('n', 200);
        await File.WriteAllTextAsync($"{tree}/d/e/{longest}", "long");
        File.CreateSymbolicLink($"{tree}/to-long", longest);
        string file = $"{source.HostPath}/layer.tar";
        (await Command.RunAsync("tar", ["--create", $"--format={format}", "--file", file, "--directory", tree, "."])).Succeeded();

        await place.RunAsync(await File.ReadAllBytesAsync(file));

        IEnumerable<TreeEntry> expected = TreeListing.Of(tree);
        IEnumerable<TreeEntry> actual = TreeListing.Of(place.Target);
        if (format != "pax")
        {
            // Only PAX has room for a fraction of a second.
            expected = expected.Select(entry => entry with { Modified = new FileTime(entry.Modified.Seconds, 0) });
        }

        Assert.Equal(expected, actual);
    }

    [SkippableFact]
    public async Task Missing_parents_are_made_as_roots_0755()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.File("a/b/c", "1", "0600", 5, 6));

        foreach (string path in (string[])["a", "a/b"])
        {
            TreeEntry directory = TreeListing.Find(place.Target, path)!;
            Assert.Equal((FileKind.Directory, 0x1EDu, 0u, 0u), (directory.Kind, directory.Permissions, directory.Uid, directory.Gid));
        }
    }

    [SkippableFact]
    public async Task A_link_to_a_directory_is_followed_whether_the_directory_came_before_or_after()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory("usr").Directory("usr/lib").Symlink("lib", "usr/lib").File("lib/a", "1")
            .Symlink("lib64", "/usr/lib64").File("lib64/b", "2"));

        Assert.Equal(
            ["lib", "lib64", "usr", "usr/lib", "usr/lib/a", "usr/lib64", "usr/lib64/b"],
            TreeListing.Of(place.Target).Select(entry => entry.Path));
    }

    [SkippableFact]
    public async Task A_later_entry_replaces_an_earlier_one_of_any_type()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory("dir-file").File("dir-file/inner", "x").File("dir-file", "now a file")
            .File("file-dir", "x").Directory("file-dir").File("file-dir/inner", "1")
            .Symlink("link-dir", "file-dir").Directory("link-dir").File("link-dir/other", "2")
            .File("file-link", "x").Symlink("file-link", "target")
            .Directory("twice", "0700").File("twice/kept", "3").Directory("twice", "0711")
            .File("file-fifo", "x").Fifo("file-fifo")
            .File("file", "old").File("file", "new"));

        Assert.Equal(
            ["dir-file", "file", "file-dir", "file-dir/inner", "file-fifo", "file-link", "link-dir", "link-dir/other", "twice", "twice/kept"],
            TreeListing.Of(place.Target).Select(entry => entry.Path));
        Assert.Equal("now a file", TreeListing.Find(place.Target, "dir-file")!.Content);
        Assert.Equal(0x1C9u, TreeListing.Find(place.Target, "twice")!.Permissions);
        Assert.Equal(FileKind.Fifo, TreeListing.Find(place.Target, "file-fifo")!.Kind);
        Assert.Equal("new", TreeListing.Find(place.Target, "file")!.Content);
    }

    [SkippableFact]
    public async Task Owners_beyond_octal_and_names_that_are_no_UTF8_arrive()
    {
        using var place = new Unpacking();
        var tar = new TarBuilder();
        tar.File("big", "1", uid: 4_000_000_000, gid: 3_000_000_000);
        byte[] archive = tar.File("raw?", "2").ToArray();
        int name = archive.AsSpan().IndexOf("raw?"u8);
        archive[name + 3] = 0xfe;
        int sum = 0;
        "        "u8.CopyTo(archive.AsSpan(name + 148));
        for (int i = 0; i < 512; i++)
        {
            sum += archive[name + i];
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(archive.AsSpan(name + 148));
        await place.RunAsync(archive);

        Assert.Equal((4_000_000_000u, 3_000_000_000u), (TreeListing.Find(place.Target, "big")!.Uid, TreeListing.Find(place.Target, "big")!.Gid));
        using SafeFd root = PlainFile.TryOpenDirectory(place.Target, out _)!;
        Assert.Equal(Errno.None, FilesAt.TryGetStatus(root, [(byte)'r', (byte)'a', (byte)'w', 0xfe], out _));
    }

    [SkippableFact]
    public async Task Times_before_1970_and_the_roots_own_entry_are_kept()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Add(new TarEntry("./", '5') { Mode = 0x1C0, Uid = 3, Gid = 4, ModifiedNanoseconds = 1_000_000_000_123_456_789 })
            .Add(new TarEntry("old", '0') { Pax = [new("mtime", "-1.5")] }));

        Assert.Equal(new FileTime(-2, 500_000_000), TreeListing.Find(place.Target, "old")!.Modified);
        using SafeFd root = PlainFile.TryOpenDirectory(place.Target, out _)!;
        FileMetadata.TryGetStatus(root, out FileStatus status);
        Assert.Equal((3u, 4u, 0x1C0u), (status.Uid, status.Gid, status.Permissions));
        Assert.Equal(new FileTime(1_000_000_000, 123_456_789), status.Modified);
    }

    [SkippableFact]
    public async Task A_comment_for_all_entries_is_passed_over()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Add(new TarEntry("pax_global_header", 'g') { Data = "20 comment=abcdefgh\n"u8.ToArray() }).File("a", "1"));
        Assert.Equal(["a"], TreeListing.Of(place.Target).Select(entry => entry.Path));
    }

    private static TarBuilder Everything() => new TarBuilder()
        .Directory("d", "0750", 1, 2)
        .File("d/file", "hello", "0640", 1000, 1001)
        .Add(new TarEntry("d/nanoseconds", '0') { Data = "n"u8.ToArray(), ModifiedNanoseconds = 1_500_000_000_123_456_789 })
        .File("d/setuid", "s", "4755")
        .File("d/setgid", "s", "2755", 7, 8)
        .File("d/empty", string.Empty)
        .File("d/unreadable", "u", "0000")
        .File("d/large", Enumerable.Range(0, 700_001).Select(i => (byte)(i * 31)).ToArray())
        .HardLink("d/second-name", "d/file")
        .Symlink("d/link", "file")
        .Symlink("d/absolute", "/etc/passwd")
        .Symlink("d/dangling", "../../../nowhere")
        .HardLink("d/link-to-link", "d/dangling")
        .Add(new TarEntry("d/owned-link", '2') { LinkName = "x", Uid = 11, Gid = 12, ModifiedNanoseconds = 1_400_000_000_000_000_001 })
        .CharacterDevice("d/null", 1, 3, "0666")
        .Add(new TarEntry("d/block", '4') { DeviceMajor = 259, DeviceMinor = 70000, Mode = 0x1B0, Gid = 6 })
        .Fifo("d/fifo", "0620")
        .Directory("tmp", "1777")
        .Directory("shared", "2775", 0, 50)
        .File("shared/inherits-nothing", "x", "0600", 0, 0)
        .Add(new TarEntry("bind", '0')
        {
            Mode = 0x1ED,
            Data = "binary"u8.ToArray(),
            Uid = 33,
            Attributes = new Dictionary<string, byte[]>
            {
                ["security.capability"] = NetBindService,
                ["user.note"] = Encoding.UTF8.GetBytes("a\nvalue=with 12 odd bytes\n"),
            },
        })
        .Add(new TarEntry("noted/", '5') { Mode = 0x1ED, Attributes = new Dictionary<string, byte[]> { ["user.other"] = [1, 2, 3] } })
        .Directory(new string('p', 120))
        .File($"{new string('p', 120)}/{new string('q', 120)}", "long name")
        .Symlink("long-target", new string('t', 300))
        .Directory("ünïcode")
        .File("ünïcode/naïve", "u");
}
