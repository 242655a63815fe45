using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Linux;
using Keelson.TestKit;
using Keelson.TestKit.Images;
using Command = Keelson.TestKit.Command;
using CommandResult = Keelson.TestKit.CommandResult;

namespace Keelson.ImageService.Tests.Layers;

public sealed class DirectoryTreeTests
{
    [SkippableFact]
    public async Task Deletes_every_type_and_leaves_what_links_point_to()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory("d", "0000").File("d/f", "1", "0000").Symlink("d/out", "../../outside").Symlink("out", place.Victim)
            .Fifo("d/fifo").CharacterDevice("d/null", 1, 3).Whiteout("w").Directory("d/e/f/g"));

        DirectoryTree.Delete(HostPath.Parse(place.Target));

        Assert.False(Directory.Exists(place.Target));
        Assert.Equal("untouched", await File.ReadAllTextAsync(place.Victim));
    }

    [Fact]
    public void Deletes_a_chain_far_deeper_than_any_path_may_be()
    {
        using var directory = new TemporaryDirectory("deep");
        string top = directory.Sub("top");
        SafeFd current = PlainFile.TryOpenDirectory(top, out _)!;
        for (int i = 0; i < 3000; i++)
        {
            Assert.Equal(Errno.None, FilesAt.TryMakeDirectory(current, "deeper"u8, 0x1C0));
            using SafeFd? file = FilesAt.TryCreateFile(current, "f"u8, 0x180, out _);
            SafeFd next = FilesAt.TryOpenDirectory(current, "deeper"u8, out _)!;
            current.Dispose();
            current = next;
        }

        current.Dispose();

        Assert.Equal(6001, DirectoryTree.Measure(HostPath.Parse(top)).Inodes);
        DirectoryTree.Delete(HostPath.Parse(top));
        Assert.False(Directory.Exists(top));
    }

    [Fact]
    public void Deletes_a_link_to_a_directory_and_not_the_directory()
    {
        using var directory = new TemporaryDirectory("link");
        directory.Write("real/file", "kept");
        File.CreateSymbolicLink($"{directory.HostPath}/link", "real");

        DirectoryTree.Delete(HostPath.Parse($"{directory.HostPath}/link"));

        Assert.Equal(["real"], Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName));
        Assert.True(File.Exists($"{directory.HostPath}/real/file"));
    }

    [Fact]
    public void Deleting_what_is_not_there_is_success()
    {
        using var directory = new TemporaryDirectory("absent");
        DirectoryTree.Delete(HostPath.Parse($"{directory.HostPath}/nothing"));
        DirectoryTree.Delete(HostPath.Parse($"{directory.HostPath}/nor/here"));
    }

    [SkippableFact]
    public async Task Deletes_files_that_were_made_immutable()
    {
        Needs.Root();
        Needs.Program("chattr", "e2fsprogs");
        using var directory = new TemporaryDirectory("immutable");
        string tree = directory.Sub("tree");
        directory.Write("tree/locked/file", "1");
        CommandResult result = await Command.RunAsync("chattr", ["+i", $"{tree}/locked/file", $"{tree}/locked"]);
        Skip.If(result.ExitCode != 0, $"the file system has no immutable flag: {result.Error}");

        DirectoryTree.Delete(HostPath.Parse(tree));

        Assert.False(Directory.Exists(tree));
    }

    [Fact]
    public void Measures_hard_links_once()
    {
        using var directory = new TemporaryDirectory("measure");
        string tree = directory.Sub("tree");
        File.WriteAllBytes($"{tree}/a", new byte[100_000]);
        using (SafeFd fd = PlainFile.TryOpenDirectory(tree, out _)!)
        {
            Assert.Equal(Errno.None, FilesAt.TryMakeHardLink(fd, "b"u8, fd, "a"u8));
        }

        (long bytes, long inodes) = DirectoryTree.Measure(HostPath.Parse(tree));

        Assert.Equal(2, inodes);
        Assert.InRange(bytes, 100_000, 150_000);
    }
}
