using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Images;

public sealed class LocalRegistryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [SkippableTheory]
    [InlineData(ManifestFormat.Oci, LayerFormat.Gzip)]
    [InlineData(ManifestFormat.Oci, LayerFormat.Zstd)]
    [InlineData(ManifestFormat.Oci, LayerFormat.Plain)]
    [InlineData(ManifestFormat.Docker, LayerFormat.Gzip)]
    public async Task Serves_what_was_pushed_and_counts_what_was_asked(ManifestFormat manifest, LayerFormat layers)
    {
        Skip.If(LocalRegistry.MissingReason is not null, LocalRegistry.MissingReason);
        TestImage amd64 = TestImage.Build().Manifest(manifest).Layers(layers).Layer(tar => tar.Directory("etc").File("etc/a", "1")).Build();
        TestImage arm64 = TestImage.Build().Manifest(manifest).Layers(layers).Platform("linux", "arm64").Layer(tar => tar.File("b", "2")).Build();
        TestImageIndex index = TestImageIndex.Of(manifest, amd64, arm64);

        await using LocalRegistry registry = await LocalRegistry.StartAsync().WaitAsync(Limit);
        string reference = await registry.PushAsync(index, "team/app", "v1").WaitAsync(Limit);

        Assert.Equal($"{registry.Host}/team/app:v1", reference);
        using var http = new HttpClient { Timeout = Limit };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", index.Index.MediaType);
        Assert.Equal(index.Index.Bytes, await http.GetByteArrayAsync($"http://{registry.Host}/v2/team/app/manifests/v1"));
        string blob = $"/v2/team/app/blobs/{arm64.Layers[0].Digest}";
        Assert.Equal(arm64.Layers[0].Blob, await http.GetByteArrayAsync($"http://{registry.Host}{blob}"));
        await WaitForAsync(() => registry.CountOf("GET", blob) == 1);
    }

    [SkippableFact]
    public void A_busybox_image_is_the_same_bytes_each_time()
    {
        Skip.If(BusyboxImage.MissingReason is not null, BusyboxImage.MissingReason);
        TestImage first = BusyboxImage.Create(image => image.User("app").Label("a", "b"));
        TestImage second = BusyboxImage.Create(image => image.User("app").Label("a", "b"));

        Assert.Equal(first.ConfigDigest, second.ConfigDigest);
        Assert.Equal(first.Manifest.Digest, second.Manifest.Digest);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
