using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images.Registry;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Registry;

public sealed class MirrorTests
{
    private static readonly TestImage Image = TestImage.Build().Layer(tar => tar.File("a", "1")).Build();

    [Fact]
    public async Task A_mirror_is_asked_first_and_is_enough()
    {
        await using var mirror = new FakeRegistry();
        mirror.Add(Image);
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", registry: RegistryPeer.Mirrors(mirror.Url));

        RemoteImage image = await peer.ResolveAsync();
        await peer.ReadBlobAsync(image.Layers[0].Digest);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task A_mirror_is_told_which_registry_it_stands_in_for_and_the_registry_is_not()
    {
        await using var mirror = new FakeRegistry();
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url));

        await peer.ResolveAsync();
        Assert.All(mirror.Requests, request => Assert.EndsWith($"?ns={Uri.EscapeDataString(registry.Host)}", request.Target, StringComparison.Ordinal));
        Assert.All(registry.Requests, request => Assert.DoesNotContain('?', request.Target));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/v2/", true)]
    [InlineData("http://localhost:5000/v2/", true)]
    [InlineData("http://[::1]:5000/v2/", true)]
    [InlineData("https://registry.example/v2/", false)]
    public void A_proxy_is_asked_for_other_machines_only(string address, bool bypassed)
    {
        var proxy = new LoopbackBypass(new System.Net.WebProxy("http://proxy.example:3128"));
        Assert.Equal(bypassed, proxy.IsBypassed(new Uri(address)));
        Assert.Equal(bypassed, proxy.GetProxy(new Uri(address)) is null);
    }

    [Fact]
    public async Task Without_the_registry_itself_a_mirror_serves()
    {
        await using var mirror = new FakeRegistry();
        mirror.Add(Image);
        using var peer = new RegistryPeer($"127.0.0.1:{FakeRegistry.ClosedPort()}/team/app:v1", registry: RegistryPeer.Mirrors(mirror.Url));

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_mirror_that_answers_with_an_error_gives_way(int status)
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/v2/", FakeResponse.Of(status));
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url));

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
    }

    [Fact]
    public async Task A_mirror_that_resets_gives_way()
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/v2/", FakeResponse.Reset());
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url));

        await peer.ResolveAsync();
    }

    [Fact]
    public async Task A_mirror_without_the_tls_it_should_speak_gives_way()
    {
        await using var mirror = new FakeRegistry();
        mirror.Add(Image);
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors($"https://{mirror.Host}"));

        await peer.ResolveAsync();
        Assert.NotEmpty(registry.Requests);
    }

    [Fact]
    public async Task A_mirror_with_other_content_under_a_digest_gives_way()
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/manifests/", FakeResponse.Manifest(Image.Manifest.MediaType, "{}"u8.ToArray()));
        await using var registry = new FakeRegistry();
        registry.Add(Image);
        using var peer = new RegistryPeer($"{registry.Host}/team/app@{Image.Manifest.Digest}", registry: RegistryPeer.Mirrors(mirror.Url));

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
    }

    [Fact]
    public async Task A_dead_mirror_is_asked_once_in_a_pull()
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/v2/", FakeResponse.Silence());
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url), patience: RegistryPeer.ShortPatience);

        RemoteImage image = await peer.ResolveAsync();
        await peer.ReadBlobAsync(image.Layers[0].Digest);
        Assert.Single(mirror.Requests);
    }

    [Fact]
    public async Task A_silent_mirror_has_its_own_patience_and_leaves_the_next_theirs()
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/v2/", FakeResponse.Silence());
        await using var second = new FakeRegistry();
        second.Always("/v2/", FakeResponse.Silence());
        await using var registry = new FakeRegistry();
        registry.First(1, "/manifests/", FakeResponse.Of(500));
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url, second.Url), patience: RegistryPeer.ShortPatience);

        await peer.ResolveAsync();
    }

    [Fact]
    public async Task A_mirror_that_only_lacks_this_image_is_not_dead()
    {
        await using var mirror = new FakeRegistry();
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(Image), registry: RegistryPeer.Mirrors(mirror.Url));

        await peer.ResolveAsync();
        Assert.True(mirror.CountOf("GET", "/manifests/") == 1 && mirror.CountOf("GET", "/blobs/") == 1);
    }

    [Fact]
    public async Task A_mirror_address_may_have_a_path()
    {
        await using var mirror = new FakeRegistry();
        mirror.Add(Image);
        mirror.When(request => request.Path.StartsWith("/cache/v2/", StringComparison.Ordinal) && request.Path.Contains("/manifests/", StringComparison.Ordinal)
            ? FakeResponse.Manifest(Image.Manifest.MediaType, Image.Manifest.Bytes)
            : null);
        mirror.When(request => request.Path.StartsWith("/cache/v2/", StringComparison.Ordinal) ? new FakeResponse(200, Image.Config) : null);
        using var peer = new RegistryPeer($"127.0.0.1:{FakeRegistry.ClosedPort()}/team/app:v1", registry: RegistryPeer.Mirrors(mirror.Url + "/cache/"));

        await peer.ResolveAsync();
    }

    [Fact]
    public async Task The_message_of_a_failure_names_every_server_and_the_registry_decides_its_kind()
    {
        await using var mirror = new FakeRegistry();
        mirror.Always("/v2/", FakeResponse.Of(403));
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer($"{registry.Host}/team/absent:v1", registry: RegistryPeer.Mirrors(mirror.Url));

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains(mirror.Host, error.Message, StringComparison.Ordinal);
        Assert.Contains(registry.Host, error.Message, StringComparison.Ordinal);
    }
}
