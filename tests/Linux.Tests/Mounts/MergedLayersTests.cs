using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Linux.Tests.Mounts;

[Trait("needs", "root")]
public sealed class MergedLayersTests : IDisposable
{
    private readonly Tree _tree = new();

    public static TheoryData<string> Ways => ["detached", "apart"];

    public void Dispose() => _tree.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Ways))]
    public void The_view_is_that_of_overlayfs_and_is_in_no_mount_table(string way)
    {
        Root.SkipUnlessRoot();
        Skip.If(way == "detached" && !KernelVersion.Current.IsAtLeast(6, 7), "needs Linux 6.7: lowerdir+");
        ImmutableArray<HostPath> layers = Layers();
        string before = File.ReadAllText("/proc/self/mountinfo");

        using (SafeFd root = Mount(way, layers))
        {
            Assert.Equal(["kept", "upper"], Names(root, "data"u8));
            Assert.Equal(["new"], Names(root, "emptied"u8));
            Assert.Equal("from above", Read(root, "data/kept"u8));
            Assert.Null(RootedPath.TryOpenFile(root, "data/removed"u8, out Errno error));
            Assert.Equal(Errno.ENOENT, error);
            Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
        }

        Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
    }

    [SkippableTheory]
    [MemberData(nameof(Ways))]
    public void Nothing_can_be_written_and_devices_are_dead(string way)
    {
        Root.SkipUnlessRoot();
        Skip.If(way == "detached" && !KernelVersion.Current.IsAtLeast(6, 7), "needs Linux 6.7: lowerdir+");
        ImmutableArray<HostPath> layers = Layers();
        _tree.Node("below/null", FileKind.CharacterDevice, new DeviceNumber(1, 3));

        using SafeFd root = Mount(way, layers);
        Assert.Equal(Errno.EROFS, FilesAt.TryMakeDirectory(root, "made"u8, 0x1ff));
        Assert.Null(RootedPath.TryOpenFile(root, "null"u8, out Errno error));
        Assert.Equal(Errno.EACCES, error);
    }

    [SkippableTheory]
    [Trait("CVE", "2022-23648")]
    [MemberData(nameof(Ways))]
    public void Links_lead_nowhere_but_inside(string way)
    {
        Root.SkipUnlessRoot();
        Skip.If(way == "detached" && !KernelVersion.Current.IsAtLeast(6, 7), "needs Linux 6.7: lowerdir+");
        ImmutableArray<HostPath> layers = Layers();
        _tree.Write("below/etc/passwd", "the image's");
        File.CreateSymbolicLink(_tree.At("above/absolute"), "/etc");
        File.CreateSymbolicLink(_tree.At("above/relative"), "../../../../../../../../etc");

        using SafeFd root = Mount(way, layers);
        Assert.Equal("the image's", Read(root, "absolute/passwd"u8));
        Assert.Equal("the image's", Read(root, "relative/passwd"u8));
        Assert.Equal("the image's", Read(root, "/../../../etc/passwd"u8));
    }

    [Fact]
    public void One_layer_is_its_own_view()
    {
        _tree.Write("only/file", "x");
        using SafeFd root = MergedLayers.Open([HostPath.Parse(_tree.At("only"))]);
        Assert.Equal("x", Read(root, "file"u8));
    }

    [SkippableFact]
    public void More_layers_than_a_page_of_options_holds_are_only_too_much_for_old_kernels()
    {
        Root.SkipUnlessRoot();
        ImmutableArray<HostPath> layers = [.. Enumerable.Range(0, 120).Select(number => _tree.Make($"layers/{number:d60}"))];
        Assert.Equal(ErrorKind.Unimplemented, Assert.Throws<KeelsonException>(() => MergedLayers.MountApart(layers)).Kind);
        Skip.IfNot(KernelVersion.Current.IsAtLeast(6, 7), "needs Linux 6.7: lowerdir+");
        MergedLayers.MountDetached(layers).Dispose();
    }

    [Fact]
    public void Layers_are_named_from_where_their_paths_part()
    {
        ImmutableArray<HostPath> layers = [HostPath.Parse("/a/b/c/1"), HostPath.Parse("/a/b/2")];
        Assert.Equal("c/1:2", LowerDirectories.Join(layers, out HostPath common));
        Assert.Equal("/a/b", common.Value);
        Assert.Equal("a:b", LowerDirectories.Join([HostPath.Parse("/a"), HostPath.Parse("/b")], out common));
        Assert.Equal("/", common.Value);
        Assert.Throws<KeelsonException>(() => LowerDirectories.Join([HostPath.Parse("/a:b"), HostPath.Parse("/c")], out _));
    }

    private static SafeFd Mount(string way, ImmutableArray<HostPath> layers) =>
        way == "detached" ? MergedLayers.MountDetached(layers) : MergedLayers.MountApart(layers);

    private static string Read(SafeFd root, ReadOnlySpan<byte> path)
    {
        using SafeFd file = RootedPath.TryOpenFile(root, path, out Errno error) ?? throw new LinuxException("openat2", "file", error);
        byte[] text = new byte[100];
        return System.Text.Encoding.UTF8.GetString(text, 0, FdIO.Read(file, text, out _));
    }

    private static string[] Names(SafeFd root, ReadOnlySpan<byte> path)
    {
        using SafeFd directory = RootedPath.TryOpenDirectory(root, path, out _)!;
        var names = new List<string>();
        var entries = new DirectoryEntries(directory, new byte[4096]);
        while (entries.MoveNext())
        {
            names.Add(System.Text.Encoding.UTF8.GetString(entries.Name));
        }

        return [.. names.Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal)];
    }

    private ImmutableArray<HostPath> Layers()
    {
        _tree.Write("below/data/kept", "from below");
        _tree.Write("below/data/removed", "from below");
        _tree.Write("below/emptied/old", "from below");
        _tree.Write("above/data/kept", "from above");
        _tree.Write("above/data/upper", "from above");
        _tree.Node("above/data/removed", FileKind.CharacterDevice);
        _tree.Write("above/emptied/new", "from above");
        _tree.SetAttribute("above/emptied", "trusted.overlay.opaque", "y");
        return [HostPath.Parse(_tree.At("above")), HostPath.Parse(_tree.At("below"))];
    }
}
