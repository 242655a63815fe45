using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>An empty directory to unpack into, with a file beside it that no layer may touch.</summary>
internal sealed class Unpacking : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new("layer");

    public Unpacking()
    {
        Needs.Root();
        Target = _directory.Sub("layer");
        Victim = _directory.Write("outside/victim", "untouched");
        File.SetUnixFileMode(Victim, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The layer's directory.</summary>
    public string Target { get; }

    /// <summary>A file outside; reached from the layer's root by <c>../outside/victim</c>.</summary>
    public string Victim { get; }

    public string Beside => _directory;

    public static LayerSource SourceOf(TestLayer layer) => new(layer.Digest, layer.DiffId, layer.Blob.Length, layer.MediaType);

    public Task<UnpackedLayer> RunAsync(Action<TarBuilder> fill, LayerLimits? limits = null)
    {
        var tar = new TarBuilder();
        fill(tar);
        return RunAsync(tar.ToArray(), limits);
    }

    public Task<UnpackedLayer> RunAsync(byte[] tar, LayerLimits? limits = null, LayerFormat format = LayerFormat.Gzip)
    {
        TestLayer layer = TestLayer.Of(tar, format);
        return RunAsync(layer.Blob, SourceOf(layer), limits);
    }

    public async Task<UnpackedLayer> RunAsync(byte[] blob, LayerSource source, LayerLimits? limits = null)
    {
        using var stream = new MemoryStream(blob);
        return await new LayerUnpacker(limits ?? new LayerLimits())
            .UnpackAsync(stream, source, HostPath.Parse(Target), null, CancellationToken.None)
            .WaitAsync(Limit);
    }

    /// <summary>Asserts that the unpack fails with this kind and says this, and that nothing outside changed.</summary>
    public async Task RefusesAsync(ErrorKind kind, string saying, Func<Task<UnpackedLayer>> unpack)
    {
        KeelsonException e = await Assert.ThrowsAnyAsync<KeelsonException>(unpack);
        Assert.Contains(saying, e.Message, StringComparison.Ordinal);
        Assert.Equal(kind, e.Kind);
        AssertNothingOutsideChanged();
    }

    public void AssertNothingOutsideChanged()
    {
        Assert.Equal("untouched", File.ReadAllText(Victim));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Victim));
        Assert.Equal(["victim"], Directory.EnumerateFileSystemEntries($"{Beside}/outside").Select(Path.GetFileName));
        Assert.Equal(["layer", "outside"], Directory.EnumerateFileSystemEntries(Beside).Select(Path.GetFileName).Order());
    }

    public void Dispose()
    {
        DirectoryTree.Delete(HostPath.Parse(Target));
        _directory.Dispose();
    }
}
