using System.Text;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Registry;

public sealed class AuthenticationTests
{
    private static readonly TestImage Image = TestImage.Build().Layer(tar => tar.File("a", "1")).Build();

    private static readonly RegistryCredentials Account = new() { Username = "puller", Password = "pass:with:colons" };

    [Fact]
    public async Task Basic_credentials_answer_a_basic_challenge()
    {
        await using var registry = new FakeRegistry();
        registry.RequireBasic(Account.Username, Account.Password);
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
        Assert.Null(registry.Requests.First().Authorization);
    }

    [Fact]
    public async Task A_bearer_token_is_fetched_with_the_account_once_for_the_whole_pull()
    {
        await using var realm = new FakeRegistry();
        realm.Serve("/token", FakeResponse.Json("""{"token":"t-1"}"""));
        await using var registry = new FakeRegistry();
        registry.RequireBearer("t-1", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        await peer.ResolveAsync();
        await peer.ReadBlobAsync(Image.Layers[0].Digest);

        FakeRequest asked = Assert.Single(realm.Requests);
        Assert.Equal("GET", asked.Method);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("puller:pass:with:colons")), asked.Authorization);
        Assert.Contains("service=fake-service", asked.Target, StringComparison.Ordinal);
        Assert.Contains("scope=repository%3Ateam%2Fapp%3Apull", asked.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_image_gets_an_anonymous_token()
    {
        await using var realm = new FakeRegistry();
        realm.Serve("/token", FakeResponse.Json("""{"access_token":"t-2"}"""));
        await using var registry = new FakeRegistry();
        registry.RequireBearer("t-2", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image));

        await peer.ResolveAsync();
        Assert.Null(Assert.Single(realm.Requests).Authorization);
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_as_an_oauth2_refresh_token()
    {
        await using var realm = new FakeRegistry();
        realm.Serve("/token", FakeResponse.Json("""{"access_token":"t-3"}"""));
        await using var registry = new FakeRegistry();
        registry.RequireBearer("t-3", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image), new RegistryCredentials { IdentityToken = "refresh+me=" });

        await peer.ResolveAsync();
        FakeRequest asked = Assert.Single(realm.Requests);
        string form = Encoding.UTF8.GetString(asked.Body);
        Assert.Equal("POST", asked.Method);
        Assert.Contains("grant_type=refresh_token", form, StringComparison.Ordinal);
        Assert.Contains("refresh_token=refresh%2Bme%3D", form, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", asked.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_token_is_sent_as_it_is_and_no_realm_is_asked()
    {
        await using var realm = new FakeRegistry();
        await using var registry = new FakeRegistry();
        registry.RequireBearer("ready-made", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image), new RegistryCredentials { RegistryToken = "ready-made" });

        await peer.ResolveAsync();
        Assert.Empty(realm.Requests);
        Assert.Equal("Bearer ready-made", registry.Requests.First().Authorization);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Refused_credentials_are_a_permission_problem_that_names_host_and_step(int status)
    {
        await using var registry = new FakeRegistry();
        registry.Always("/v2/", FakeResponse.Of(status));
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.PermissionDenied, error.Kind);
        Assert.Contains(registry.Host, error.Message, StringComparison.Ordinal);
        Assert.Contains("manifest", error.Message, StringComparison.Ordinal);
        Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.InRange(registry.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once()
    {
        await using var registry = new FakeRegistry();
        registry.RequireBasic("somebody", "else");
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        Assert.Equal(ErrorKind.PermissionDenied, (await peer.FailAsync()).Kind);
        Assert.Equal(2, registry.Requests.Count);
    }

    [Fact]
    public async Task A_refusing_token_server_is_a_permission_problem()
    {
        await using var realm = new FakeRegistry();
        realm.Always("/token", FakeResponse.Of(403));
        await using var registry = new FakeRegistry();
        registry.RequireBearer("t", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.PermissionDenied, error.Kind);
        Assert.Contains(realm.Host, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"token":5}""")]
    public async Task A_token_server_that_answers_nonsense_is_reported(string answer)
    {
        await using var realm = new FakeRegistry();
        realm.Serve("/token", FakeResponse.Json(answer));
        await using var registry = new FakeRegistry();
        registry.RequireBearer("t", realm.Url + "/token");
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        Assert.Equal(ErrorKind.FailedPrecondition, (await peer.FailAsync()).Kind);
    }

    [Fact]
    public async Task A_token_that_expires_during_the_pull_is_renewed()
    {
        int serial = 0;
        await using var registry = new FakeRegistry();
        string url = registry.Url;
        registry.When(request => request.Path == "/token" ? FakeResponse.Json($$"""{"token":"t-{{Interlocked.Increment(ref serial)}}"}""") : null);
        registry.When(request => request.Path.Contains("/blobs/", StringComparison.Ordinal) && request.Authorization != "Bearer t-2"
            ? FakeResponse.Challenge($"Bearer realm=\"{url}/token\",service=\"s\"")
            : null);
        registry.When(request => request.Path.Contains("/manifests/", StringComparison.Ordinal) && request.Authorization is null
            ? FakeResponse.Challenge($"Bearer realm=\"{url}/token\",service=\"s\"")
            : null);
        using var peer = new RegistryPeer(registry.Add(Image), Account);

        await peer.ResolveAsync();
        Assert.Equal(2, serial);
    }
}
