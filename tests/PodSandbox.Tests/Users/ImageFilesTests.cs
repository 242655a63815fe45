using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Sandboxes.Users;

namespace Keelson.PodSandbox.Tests.Users;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_topmost_layer_that_has_the_file_wins()
    {
        ImmutableArray<HostPath> layers = [Layer("top"), Layer("middle", ("etc/passwd", "middle")), Layer("bottom", ("etc/passwd", "bottom"))];
        Assert.Equal("middle", Read(layers));
        Assert.Empty(Read([Layer("other")]));
        Assert.Empty(Read([]));
    }

    [Fact]
    public void A_link_is_followed_over_layers_and_never_out_of_them()
    {
        HostPath top = Layer("top");
        Directory.CreateDirectory(top.Child("etc").Value);
        File.CreateSymbolicLink(top.Child("etc").Child("passwd").Value, "../usr/lib/passwd");
        Assert.Equal("in the layer below", Read([top, Layer("bottom", ("usr/lib/passwd", "in the layer below"))]));

        HostPath bad = Layer("bad");
        Directory.CreateDirectory(bad.Child("etc").Value);
        File.WriteAllText(_directory.Path.Child("secret").Value, "secret");
        File.CreateSymbolicLink(bad.Child("etc").Child("passwd").Value, $"../../../../../../..{_directory.Path}/secret");
        Assert.Empty(Read([bad]));

        HostPath loop = Layer("loop");
        Directory.CreateDirectory(loop.Child("etc").Value);
        File.CreateSymbolicLink(loop.Child("etc").Child("passwd").Value, "passwd");
        Assert.Empty(Read([loop]));

        HostPath parent = Layer("parent");
        File.CreateSymbolicLink(parent.Child("etc").Value, _directory.Path.Value);
        File.WriteAllText(_directory.Path.Child("passwd").Value, "secret");
        Assert.Empty(Read([parent]));
    }

    [Fact]
    public void What_is_no_regular_file_is_no_account_file()
    {
        HostPath layer = Layer("directory");
        Directory.CreateDirectory(layer.Child("etc").Child("passwd").Value);
        Assert.Empty(Read([layer, Layer("bottom", ("etc/passwd", "hidden"))]));
    }

    private static string Read(ImmutableArray<HostPath> layers) => Encoding.UTF8.GetString(ImageFiles.Read(layers, "etc/passwd"));

    private HostPath Layer(string name, params (string Path, string Content)[] files)
    {
        HostPath layer = _directory.Path.Child(name);
        Directory.CreateDirectory(layer.Value);
        foreach ((string path, string content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(layer.Value, path))!);
            File.WriteAllText(Path.Join(layer.Value, path), content);
        }

        return layer;
    }
}
