
namespace Keelson.Core.Tests;

public sealed class PathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("///", "/")]
    [InlineData("/a/b/", "/a/b")]
    public void A_host_path_is_absolute_and_has_no_trailing_slash(string text, string expected)
    {
        Assert.Equal(expected, HostPath.Parse(text).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("/a\0b")]
    public void Relative_and_broken_paths_are_refused(string text)
    {
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => HostPath.Parse(text)).Kind);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => GuestPath.Parse(text)).Kind);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("/etc")]
    [InlineData("a\0")]
    public void A_child_is_one_name_so_a_join_can_neither_climb_nor_replace_the_root(string name)
    {
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => HostPath.Parse("/r").Child(name)).Kind);
    }

    [Fact]
    public void Child_parent_and_name_fit_together()
    {
        HostPath path = HostPath.Parse("/r").Child("s");

        Assert.Equal("/r/s", path.Value);
        Assert.Equal("s", path.Name);
        Assert.Equal("/r", path.Parent.Value);
        Assert.Equal("/", path.Parent.Parent.Value);
        Assert.Equal("/", path.Parent.Parent.Parent.Value);
        Assert.Equal("/x", HostPath.Parse("/").Child("x").Value);
    }
}
