using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>The walk that makes a path, on a plain directory that stands for a root.</summary>
public sealed class MakePathTests : IDisposable
{
    private const int FileMode = 0x81a4;

    private readonly EngineHarness _harness = new();
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("keelson-path-");

    private string Root => $"{_outside.FullName}/root";

    public MakePathTests() => Directory.CreateDirectory(Root);

    public void Dispose()
    {
        _harness.Dispose();
        _outside.Delete(recursive: true);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b/c", "a/b/c")]
    [InlineData("a//b/./c/", "a/b/c")]
    [InlineData("../../a", "a")]
    [InlineData("a/../b", "b")]
    [InlineData("a/b/../../../c", "c")]
    [InlineData("relative/x", "made/here/x")]
    [InlineData("absolute/x", "made/there/x")]
    [InlineData("chain/x", "made/here/x")]
    [InlineData("up/x", "top/x")]
    [InlineData("there/inner/x", "top/x")]
    [InlineData("present/x", "there/x")]
    [InlineData("slash/x", "x")]
    public void Directories_are_made_where_the_path_leads_inside_the_root(string path, string expected)
    {
        Link("relative", "made/here");
        Link("absolute", "/made/there/");
        Link("chain", "/chain2");
        Link("chain2", "./relative");
        Link("up", "../../../../top");
        Directory.CreateDirectory($"{Root}/there");
        Link("there/inner", "../../top");
        Link("present", "/there");
        Link("slash", "/");

        Assert.Equal(Errno.None, Make(path, fileMode: 0));

        // The descriptor that came out is of the place itself.
        Assert.True(Directory.Exists($"{Root}/{expected}/through-the-descriptor"));
        Assert.Equal([Root], Directory.GetFileSystemEntries(_outside.FullName));
    }

    [Theory]
    [InlineData("etc/resolv.conf", "etc/resolv.conf")]
    [InlineData("link", "run/stub/resolv.conf")]
    [InlineData("link2", "file")]
    public void A_file_is_made_at_the_end(string path, string expected)
    {
        Link("link", "/run/stub/resolv.conf");
        Link("link2", "../file");
        Assert.Equal(Errno.None, Make(path, FileMode));
        Assert.Equal(0, new FileInfo($"{Root}/{expected}").Length);
        Assert.Equal([Root], Directory.GetFileSystemEntries(_outside.FullName));
    }

    [Fact]
    public void What_is_there_is_left_as_it_is()
    {
        Directory.CreateDirectory($"{Root}/etc");
        File.WriteAllText($"{Root}/etc/hosts", "kept");
        Assert.Equal(Errno.None, Make("etc/hosts", FileMode));
        Assert.Equal("kept", File.ReadAllText($"{Root}/etc/hosts"));
    }

    [Fact]
    public void A_loop_of_links_is_one_error_and_makes_nothing()
    {
        Link("a", "b");
        Link("b", "/a");
        Assert.Equal(Errno.ELOOP, Make("a/x", 0));
        Assert.Equal(2, Directory.GetFileSystemEntries(Root).Length);
    }

    [Theory]
    [InlineData(40, Errno.None)]
    [InlineData(41, Errno.ELOOP)]
    public void As_many_links_are_followed_as_the_kernel_would(int count, Errno expected)
    {
        for (int i = 1; i <= count; i++)
        {
            Link($"l{i}", i == count ? "end" : $"l{i + 1}");
        }

        Assert.Equal(expected, Make("l1", 0));
        Assert.Equal(expected == Errno.None, Directory.Exists($"{Root}/end"));
    }

    [Fact]
    public void Where_no_link_is_wanted_one_stops_the_walk()
    {
        Link("dev", "/elsewhere");
        Assert.Equal(Errno.ELOOP, Make("dev", 0, links: 0));
        Assert.False(Directory.Exists($"{Root}/elsewhere"));
    }

    [Fact]
    public void A_file_in_the_way_is_an_error()
    {
        File.WriteAllText($"{Root}/file", "");
        Assert.Equal(Errno.ENOTDIR, Make("file/x", 0));
    }

    [Fact]
    public void Names_and_paths_that_are_too_long_are_errors_that_leave_the_child_whole()
    {
        Assert.Equal(Errno.ENAMETOOLONG, Make(new string('n', 256), 0));

        // Links that each put 4000 characters before the rest: more than a walk has room for.
        string dots = string.Concat(Enumerable.Repeat("./", 2000));
        for (int i = 0; i < 3; i++)
        {
            Link($"long{i}", $"long{i + 1}/{dots}");
        }

        Assert.Equal(Errno.ENAMETOOLONG, Make("long0", 0));
    }

    [Fact]
    public void A_plan_with_a_walk_needs_a_newer_engine_and_one_without_does_not()
    {
        LaunchPlan plain = EngineHarness.Exec(new PlanBuilder(), "/bin/true").Build();
        Assert.Equal(PlanHeader.FirstVersion, BitConverter.ToUInt16(plain.Image.Span[4..]));
        Assert.Equal(PlanHeader.MakePathVersion, BitConverter.ToUInt16(Plan("a", 0, 40).Image.Span[4..]));
    }

    [Fact]
    public void A_walk_is_explained_by_name() =>
        Assert.Matches(@"make 'a/b'  # \(make path\)\(s\d+, ""a/b"", 0, &\d+, 0x28\)", Plan("a/b", 0, 40).Explain());

    private void Link(string name, string target) => File.CreateSymbolicLink($"{Root}/{name}", target);

    private Errno Make(string path, int fileMode, int links = 40)
    {
        LaunchPlan plan = Plan(path, fileMode, links);
        LaunchEngineResult result = _harness.Launch(plan);
        if (result.Launched)
        {
            Assert.Equal(0, EngineHarness.Wait(result));
        }
        else
        {
            Assert.Equal($"make '{path}'", plan.Steps[result.FailedStep]);
        }

        return (Errno)result.Errno;
    }

    private LaunchPlan Plan(string path, int fileMode, int links)
    {
        PlanBuilder builder = new();
        PlanSlot root = builder.NewSlot();
        PlanSlot end = builder.NewSlot();
        builder.Add("open the root", "openat", -100, builder.Text(Root), 0x200000, 0).Into(root);
        builder.AddMakePath($"make '{path}'", root, path, fileMode, links).Into(end);
        if (fileMode == 0)
        {
            builder.Add("mkdir through the descriptor", "mkdirat", end, builder.Text("through-the-descriptor"), 0x1ed);
        }

        return EngineHarness.Exec(builder, "/bin/true").Build();
    }
}
