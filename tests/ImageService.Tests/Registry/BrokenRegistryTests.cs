using System.Diagnostics;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Registry;

public sealed class BrokenRegistryTests
{
    private static readonly TestImage Image = TestImage.Build()
        .Layer(tar => tar.File("a", new byte[300_000]), LayerFormat.Plain)
        .Build();

    private static string BlobPath => $"/v2/team/app/blobs/{Image.Layers[0].Digest}";

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task An_error_that_passes_is_waited_out(int status)
    {
        await using var registry = new FakeRegistry();
        registry.First(2, "/manifests/", FakeResponse.Of(status));
        using var peer = new RegistryPeer(registry.Add(Image));

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
        Assert.Equal(3, registry.CountOf("GET", "/manifests/"));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task An_error_that_stays_makes_the_registry_unavailable(int status)
    {
        await using var registry = new FakeRegistry();
        registry.Always("/manifests/", FakeResponse.Of(status));
        using var peer = new RegistryPeer(registry.Add(Image));

        AssertUnavailable(await peer.FailAsync(), registry.Host);
    }

    [Fact]
    public async Task Retry_after_is_kept()
    {
        await using var registry = new FakeRegistry();
        registry.First(1, "/manifests/", FakeResponse.Of(429) with { Headers = new() { ["Retry-After"] = "2" } });
        using var peer = new RegistryPeer(registry.Add(Image));

        long start = Stopwatch.GetTimestamp();
        await peer.ResolveAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1.9, 15);
    }

    [Fact]
    public async Task A_refused_connection_makes_the_registry_unavailable()
    {
        string host = $"127.0.0.1:{FakeRegistry.ClosedPort()}";
        using var peer = new RegistryPeer($"{host}/team/app:v1");

        AssertUnavailable(await peer.FailAsync(), host);
    }

    [Fact]
    public async Task A_host_without_address_makes_the_registry_unavailable()
    {
        using var peer = new RegistryPeer("registry.invalid/team/app:v1");

        AssertUnavailable(await peer.FailAsync(), "registry.invalid");
    }

    [Fact]
    public async Task A_reset_connection_is_tried_again()
    {
        await using var registry = new FakeRegistry();
        registry.First(1, "/manifests/", FakeResponse.Reset());
        using var peer = new RegistryPeer(registry.Add(Image));

        await peer.ResolveAsync();
    }

    [Fact]
    public async Task A_registry_that_only_resets_is_unavailable()
    {
        await using var registry = new FakeRegistry();
        registry.Always("/v2/", FakeResponse.Reset());
        using var peer = new RegistryPeer(registry.Add(Image));

        AssertUnavailable(await peer.FailAsync(), registry.Host);
    }

    [Fact]
    public async Task A_silent_registry_is_unavailable_after_the_progress_timeout()
    {
        await using var registry = new FakeRegistry();
        registry.Always("/v2/", FakeResponse.Silence());
        using var peer = new RegistryPeer(registry.Add(Image), patience: RegistryPeer.ShortPatience);

        AssertUnavailable(await peer.FailAsync(), registry.Host);
    }

    [Fact]
    public async Task An_image_that_does_not_exist_is_not_found()
    {
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer($"{registry.Host}/team/absent:v1");

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains("team/absent:v1", error.Message, StringComparison.Ordinal);
        Assert.Single(registry.Requests);
    }

    [Theory]
    [InlineData(FakeEnding.Close)]
    [InlineData(FakeEnding.Reset)]
    [InlineData(FakeEnding.Stall)]
    public async Task A_blob_that_breaks_off_is_taken_up_where_it_stopped(FakeEnding ending)
    {
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.First(1, "/blobs/", new FakeResponse(200, Image.Layers[0].Blob) { Cut = 100_000, Then = ending });
        using var peer = new RegistryPeer(reference, patience: RegistryPeer.ShortPatience);

        Assert.Equal(Image.Layers[0].Blob, await peer.ReadBlobAsync(Image.Layers[0].Digest));
        Assert.Equal(2, registry.CountOf("GET", BlobPath));
        // A reset may throw away bytes that had arrived, so where exactly is the kernel's secret.
        Assert.InRange(registry.Requests.Last().RangeStart, ending == FakeEnding.Reset ? 0 : 100_000, 100_000);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_again_from_the_start()
    {
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        var whole = new FakeResponse(200, Image.Layers[0].Blob) { Headers = new() { ["X-No-Ranges"] = "1" } };
        registry.Serve(BlobPath, whole);
        registry.First(1, "/blobs/", whole with { Cut = 100_000 });
        using var peer = new RegistryPeer(reference);

        Assert.Equal(Image.Layers[0].Blob, await peer.ReadBlobAsync(Image.Layers[0].Digest));
    }

    [Fact]
    public async Task A_blob_that_always_breaks_off_at_the_same_place_ends_the_pull()
    {
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.Always("/blobs/", new FakeResponse(200, Image.Layers[0].Blob) { Cut = 100_000 });
        using var peer = new RegistryPeer(reference);

        await Assert.ThrowsAnyAsync<Exception>(() => peer.ReadBlobAsync(Image.Layers[0].Digest));
        Assert.InRange(registry.CountOf("GET", BlobPath), 2, 10);
    }

    [Fact]
    public async Task A_blob_goes_on_at_the_next_server_when_a_mirror_dies_in_the_middle()
    {
        await using var mirror = new FakeRegistry();
        mirror.Add(Image);
        mirror.First(1, "/blobs/", new FakeResponse(200, Image.Layers[0].Blob) { Cut = 100_000 });
        mirror.Always("/blobs/", FakeResponse.Of(503));
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url));

        Assert.Equal(Image.Layers[0].Blob, await peer.ReadBlobAsync(Image.Layers[0].Digest));
    }

    private static void AssertUnavailable(KeelsonException error, string host)
    {
        Assert.Equal(ErrorKind.KubeletToken, error.Kind);
        Assert.StartsWith("RegistryUnavailable", error.Message, StringComparison.Ordinal);
        Assert.Contains(host, error.Message, StringComparison.Ordinal);
    }
}
