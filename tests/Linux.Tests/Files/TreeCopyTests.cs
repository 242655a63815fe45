using Keelson.Core;

namespace Keelson.Linux.Tests.Files;

[Trait("needs", "root")]
public sealed class TreeCopyTests : IDisposable
{
    private static readonly TreeCopyBudget Plenty = new(10_000, 1 << 30);

    private readonly Tree _tree = new();

    public void Dispose() => _tree.Dispose();

    [SkippableFact]
    public void Content_owner_mode_times_and_attributes_come_along()
    {
        Root.SkipUnlessRoot();
        _tree.Write("from/sub/file", "content");
        File.SetUnixFileMode(_tree.At("from/sub/file"), (UnixFileMode)0b100_111_101_001);
        _tree.Own("from/sub/file", 1000, 50);
        File.SetUnixFileMode(_tree.At("from/sub/file"), (UnixFileMode)0b100_111_101_001);
        _tree.SetAttribute("from/sub/file", "user.note", "hello");
        File.SetUnixFileMode(_tree.At("from/sub"), (UnixFileMode)0b001_111_111_111);
        _tree.Own("from", 33, 34);
        File.SetUnixFileMode(_tree.At("from"), (UnixFileMode)0b111_101_000);
        DateTime then = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_tree.At("from/sub/file"), then);
        Directory.SetLastWriteTimeUtc(_tree.At("from/sub"), then);
        Directory.SetLastWriteTimeUtc(_tree.At("from"), then);

        Copy(Plenty);

        Assert.Equal("content", File.ReadAllText(_tree.At("to/sub/file")));
        foreach (string path in (string[])["", "/sub", "/sub/file"])
        {
            FileStatus from = _tree.Status("from" + path);
            FileStatus to = _tree.Status("to" + path);
            Assert.Equal((from.Kind, from.Permissions, from.Uid, from.Gid, from.Modified), (to.Kind, to.Permissions, to.Uid, to.Gid, to.Modified));
        }

        Assert.Equal((33u, 34u, 0x1e8u), (_tree.Status("to").Uid, _tree.Status("to").Gid, _tree.Status("to").Permissions));
        Assert.Equal(0x9e9u, _tree.Status("to/sub/file").Permissions);
        Assert.Equal("hello", _tree.Attribute("to/sub/file", "user.note"));
    }

    [SkippableFact]
    public void Links_devices_and_pipes_stay_what_they_are()
    {
        Root.SkipUnlessRoot();
        _tree.Write("from/a/first", "one file");
        _tree.Make("from/b");
        using (SafeFd a = _tree.Open("from/a"))
        using (SafeFd b = _tree.Open("from/b"))
        {
            Assert.Equal(Errno.None, FilesAt.TryMakeHardLink(b, "second"u8, a, "first"u8));
        }

        File.CreateSymbolicLink(_tree.At("from/absolute"), "/etc/passwd");
        File.CreateSymbolicLink(_tree.At("from/dangling"), "no/such");
        _tree.Own("from/dangling", 7, 8);
        _tree.Node("from/pipe", FileKind.Fifo);
        _tree.Node("from/null", FileKind.CharacterDevice, new DeviceNumber(1, 3));

        Copy(Plenty);

        Assert.Equal(_tree.Status("to/a/first").Inode, _tree.Status("to/b/second").Inode);
        Assert.Equal(2u, _tree.Status("to/a/first").Links);
        Assert.Equal("/etc/passwd", new FileInfo(_tree.At("to/absolute")).LinkTarget);
        Assert.Equal("no/such", new FileInfo(_tree.At("to/dangling")).LinkTarget);
        Assert.Equal((7u, 8u), (_tree.Status("to/dangling").Uid, _tree.Status("to/dangling").Gid));
        Assert.Equal(FileKind.Fifo, _tree.Status("to/pipe").Kind);
        Assert.Equal((FileKind.CharacterDevice, new DeviceNumber(1, 3)), (_tree.Status("to/null").Kind, _tree.Status("to/null").Device));
    }

    [SkippableFact]
    public void What_says_how_a_layer_lies_in_its_stack_is_not_copied()
    {
        Root.SkipUnlessRoot();
        _tree.Make("from/opaque");
        _tree.SetAttribute("from/opaque", "trusted.overlay.opaque", "y");
        _tree.SetAttribute("from/opaque", "trusted.kept", "yes");
        _tree.Node("from/gone", FileKind.CharacterDevice);

        Copy(Plenty);

        Assert.Null(_tree.Attribute("to/opaque", "trusted.overlay.opaque"));
        Assert.Equal("yes", _tree.Attribute("to/opaque", "trusted.kept"));
        Assert.False(File.Exists(_tree.At("to/gone")));
    }

    [SkippableTheory]
    [InlineData(3, 1000)]
    [InlineData(1000, 10)]
    public void A_tree_beyond_the_budget_is_refused(long entries, long bytes)
    {
        Root.SkipUnlessRoot();
        _tree.Write("from/a/file", new string('x', 11));
        _tree.Write("from/b/file", string.Empty);

        Assert.Equal(ErrorKind.ResourceExhausted, Assert.Throws<KeelsonException>(() => Copy(new TreeCopyBudget(entries, bytes))).Kind);
    }

    [SkippableFact]
    public void The_budget_is_for_all_copies_together()
    {
        Root.SkipUnlessRoot();
        _tree.Write("from/file", "x");
        var budget = new TreeCopyBudget(5, 100);
        Copy(budget, "one");
        Copy(budget, "two");
        Assert.Throws<KeelsonException>(() => Copy(budget, "three"));
    }

    [SkippableFact]
    public void A_deep_tree_is_copied_and_a_deeper_one_refused()
    {
        Root.SkipUnlessRoot();
        _tree.Make("from/" + string.Join('/', Enumerable.Repeat("d", 300)));
        Copy(Plenty);
        Assert.True(Directory.Exists(_tree.At("to/" + string.Join('/', Enumerable.Repeat("d", 300)))));

        _tree.Make("from/" + string.Join('/', Enumerable.Repeat("d", 600)));
        Assert.Equal(ErrorKind.ResourceExhausted, Assert.Throws<KeelsonException>(() => Copy(Plenty, "deeper")).Kind);
    }

    private void Copy(TreeCopyBudget budget, string to = "to")
    {
        _tree.Make(to);
        using SafeFd source = _tree.Open("from");
        using SafeFd target = _tree.Open(to);
        TreeCopy.Run(source, target, budget);
    }
}
