using System.Text;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.Images.Registry;
using Keelson.Images.Registry.Auth;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Registry;

/// <summary>Credentials reach their registry and its token server, and nothing and nobody else.</summary>
public sealed class CredentialLeakTests
{
    private const string Password = "s3cr3t-password";
    private const string Refresh = "s3cr3t-refresh";
    private const string Ready = "s3cr3t-ready";
    private const string Issued = "s3cr3t-issued";

    private static readonly TestImage Image = TestImage.Build().Layer(tar => tar.File("a", "1")).Build();

    private static readonly RegistryCredentials[] Kinds =
    [
        new() { Username = "puller", Password = Password },
        new() { IdentityToken = Refresh },
        new() { RegistryToken = Ready },
    ];

    public static TheoryData<int> AllKinds => [0, 1, 2];

    [Theory]
    [Trait("CVE", "2020-15157")]
    [MemberData(nameof(AllKinds))]
    public async Task A_redirect_to_blob_storage_carries_no_credentials(int kind)
    {
        await using var storage = new FakeRegistry();
        storage.Serve("/bucket/layer", new FakeResponse(200, Image.Layers[0].Blob));
        await using FakeRegistry registry = Demanding();
        registry.Serve($"/v2/team/app/blobs/{Image.Layers[0].Digest}", FakeResponse.Redirect(storage.Url + "/bucket/layer"));
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind]);

        Assert.Equal(Image.Layers[0].Blob, await peer.ReadBlobAsync(Image.Layers[0].Digest));
        FakeRequest seen = Assert.Single(storage.Requests);
        Assert.Null(seen.Authorization);
        AssertNoSecret(seen.AllText);
    }

    [Theory]
    [Trait("CVE", "2020-15157")]
    [MemberData(nameof(AllKinds))]
    public async Task A_challenge_from_the_target_of_a_redirect_is_not_answered(int kind)
    {
        await using var thief = new FakeRegistry();
        thief.Serve("/steal", FakeResponse.Json("""{"token":"x"}"""));
        string bait = $"Bearer realm=\"{thief.Url}/steal\",service=\"s\",scope=\"repository:team/app:pull\"";
        thief.Always("/bucket/", FakeResponse.Challenge(bait));
        await using FakeRegistry registry = Demanding();
        registry.Serve($"/v2/team/app/blobs/{Image.Layers[0].Digest}", FakeResponse.Redirect(thief.Url + "/bucket/layer"));
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind]);
        await peer.ResolveAsync();

        KeelsonException error = await Assert.ThrowsAsync<KeelsonException>(() => peer.ReadBlobAsync(Image.Layers[0].Digest));
        Assert.Equal(ErrorKind.PermissionDenied, error.Kind);
        Assert.DoesNotContain(thief.Requests, request => request.Path == "/steal");
        Assert.All(thief.Requests, request => AssertNoSecret(request.AllText));
    }

    [Theory]
    [Trait("CVE", "2020-15157")]
    [MemberData(nameof(AllKinds))]
    public async Task A_repetition_after_a_redirect_carries_no_credentials(int kind)
    {
        await using var storage = new FakeRegistry();
        storage.Serve("/bucket/layer", new FakeResponse(200, Image.Layers[0].Blob));
        storage.First(1, "/bucket/", FakeResponse.Of(503));
        await using FakeRegistry registry = Demanding();
        registry.Serve($"/v2/team/app/blobs/{Image.Layers[0].Digest}", FakeResponse.Redirect(storage.Url + "/bucket/layer"));
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind]);
        await peer.ResolveAsync();

        Assert.Equal(Image.Layers[0].Blob, await peer.ReadBlobAsync(Image.Layers[0].Digest));
        Assert.Equal(2, storage.Requests.Count);
        Assert.All(storage.Requests, request => AssertNoSecret(request.AllText));
    }

    [Theory]
    [Trait("CVE", "2020-15157")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirecting_token_server_passes_no_refresh_token_on(int status)
    {
        await using var thief = new FakeRegistry();
        thief.Serve("/steal", FakeResponse.Json("""{"access_token":"x"}"""));
        await using var registry = new FakeRegistry();
        registry.RequireBearer(Issued, registry.Url + "/token");
        registry.Serve("/token", FakeResponse.Redirect(thief.Url + "/steal", status));
        using var peer = new RegistryPeer(registry.Add(Image), Kinds[1]);

        await peer.FailAsync();
        Assert.All(thief.Requests, request => AssertNoSecret(request.AllText));
    }

    [Fact]
    [Trait("CVE", "2020-15157")]
    public async Task A_redirecting_token_server_passes_no_password_on()
    {
        await using var thief = new FakeRegistry();
        thief.Serve("/steal", FakeResponse.Json("""{"access_token":"x"}"""));
        await using var registry = new FakeRegistry();
        registry.RequireBearer(Issued, registry.Url + "/token");
        registry.Serve("/token", FakeResponse.Redirect(thief.Url + "/steal"));
        using var peer = new RegistryPeer(registry.Add(Image), Kinds[0]);

        await peer.FailAsync();
        Assert.All(thief.Requests, request => AssertNoSecret(request.AllText));
    }

    [Theory]
    [Trait("CVE", "2020-15157")]
    [MemberData(nameof(AllKinds))]
    public async Task Foreign_layer_addresses_in_a_manifest_are_not_followed(int kind)
    {
        await using var thief = new FakeRegistry();
        await using FakeRegistry registry = Demanding();
        string manifest = Encoding.UTF8.GetString(Image.Manifest.Bytes)
            .Replace("\"layers\":[{", $"\"layers\":[{{\"urls\":[\"{thief.Url}/layer\"],", StringComparison.Ordinal);
        registry.Serve("/v2/team/app/manifests/v1", FakeResponse.Manifest(Image.Manifest.MediaType, Encoding.UTF8.GetBytes(manifest)));
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind]);

        RemoteImage image = await peer.ResolveAsync();
        await peer.ReadBlobAsync(image.Layers[0].Digest);
        Assert.Empty(thief.Requests);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task A_mirror_sees_no_credentials_of_the_registry(int kind)
    {
        await using var thief = new FakeRegistry();
        thief.Always("/v2/", FakeResponse.Challenge("Basic realm=\"x\""));
        await using FakeRegistry registry = Demanding();
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind], RegistryPeer.Mirrors(thief.Url));

        await peer.ResolveAsync();
        Assert.NotEmpty(thief.Requests);
        Assert.All(thief.Requests, request => AssertNoSecret(request.AllText));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Credentials_meant_for_another_registry_stay_at_home(int kind)
    {
        await using FakeRegistry registry = Demanding();
        using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind] with { ServerAddress = "https://other.example/v1/" });

        Assert.Equal(ErrorKind.PermissionDenied, (await peer.FailAsync()).Kind);
        Assert.All(registry.Requests, request => AssertNoSecret(request.AllText));
    }

    [Theory]
    [InlineData("http://token.example/get")]
    [InlineData("ftp://registry.example/get")]
    [InlineData("//registry.example/get")]
    [InlineData("/get")]
    [InlineData("")]
    public async Task A_registry_reached_by_tls_gets_no_unencrypted_token_realm(string realm)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var endpoint = new RegistryEndpoint(new Uri("https://registry.example"), IsOrigin: true, UseCredentials: true, new TlsSettings(false, null));
        var challenge = new Challenge("bearer", realm, "s", string.Empty);

        EndpointException error = await Assert.ThrowsAsync<EndpointException>(
            () => TokenClient.FetchAsync(http, endpoint, challenge, "team/app", Kinds[0], CancellationToken.None));
        Assert.Equal(EndpointFailure.Denied, error.Failure);
    }

    [Theory]
    [InlineData("http://192.0.2.1/get")]
    [InlineData("http://token.example/get")]
    public async Task A_loopback_registry_sends_nobody_to_an_unencrypted_realm_elsewhere(string realm)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1) });
        var endpoint = new RegistryEndpoint(new Uri("http://127.0.0.1:5000"), IsOrigin: true, UseCredentials: true, new TlsSettings(false, null));
        var challenge = new Challenge("bearer", realm, "s", string.Empty);

        EndpointException error = await Assert.ThrowsAsync<EndpointException>(
            () => TokenClient.FetchAsync(http, endpoint, challenge, "team/app", Kinds[0], CancellationToken.None).WaitAsync(RegistryPeer.Limit));
        Assert.Equal(EndpointFailure.Denied, error.Failure);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task No_log_line_or_message_of_a_failing_pull_holds_a_secret(int kind)
    {
        (string Part, FakeResponse Answer)[] failures =
        [
            ("/manifests/", FakeResponse.Of(401, "denied")),
            ("/manifests/", FakeResponse.Of(403)),
            ("/manifests/", FakeResponse.Of(404)),
            ("/manifests/", FakeResponse.Of(429)),
            ("/manifests/", FakeResponse.Of(500, "oops")),
            ("/manifests/", FakeResponse.Reset()),
            ("/manifests/", FakeResponse.Silence()),
            ("/manifests/", FakeResponse.Manifest("text/html", "<html>"u8.ToArray())),
            ("/manifests/", FakeResponse.Redirect("http://127.0.0.1:1/x")),
            ("/manifests/", FakeResponse.Challenge("Negotiate")),
            ("/token", FakeResponse.Of(401)),
            ("/token", FakeResponse.Of(500)),
            ("/token", FakeResponse.Json("{")),
            ("/token", FakeResponse.Reset()),
        ];
        await Parallel.ForEachAsync(failures, async (failure, _) =>
        {
            await using FakeRegistry registry = Demanding();
            registry.When(request => request.Path.Contains(failure.Part, StringComparison.Ordinal) && (request.Authorization is not null || failure.Part == "/token")
                ? failure.Answer
                : null);
            using var peer = new RegistryPeer($"{registry.Host}/team/app:v1", Kinds[kind], patience: RegistryPeer.ShortPatience);
            Exception? error = await Record.ExceptionAsync(peer.ResolveAsync);
            if (kind != 2 || failure.Part != "/token")
            {
                Assert.NotNull(error);
            }

            AssertNoSecret(error?.ToString() ?? string.Empty);
            Assert.All(peer.Log.Lines, AssertNoSecret);
        });
    }

    [Fact]
    public void Credentials_do_not_print()
    {
        Assert.All(Kinds, credentials => AssertNoSecret($"{credentials} {new PullRequest("a", credentials)}"));
    }

    /// <summary>A registry with the image, that takes any of the kinds of credentials and nothing less.</summary>
    private static FakeRegistry Demanding()
    {
        var registry = new FakeRegistry();
        registry.Add(Image);
        registry.Serve("/token", FakeResponse.Json($$"""{"access_token":"{{Issued}}"}"""));
        string challenge = $"Bearer realm=\"{registry.Url}/token\",service=\"s\",scope=\"repository:team/app:pull\"";
        registry.When(request => request.Path.StartsWith("/v2/", StringComparison.Ordinal)
            && request.Authorization is not ("Bearer " + Issued or "Bearer " + Ready)
                ? FakeResponse.Challenge(challenge)
                : null);
        registry.When(request => request.Path == "/token" && request.Method == "GET" && request.Authorization is null ? FakeResponse.Of(401) : null);
        return registry;
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain("s3cr3t", text, StringComparison.Ordinal);
        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"puller:{Password}"));
        Assert.DoesNotContain(pair, text, StringComparison.Ordinal);
    }
}
