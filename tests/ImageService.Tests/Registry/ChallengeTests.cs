using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Keelson.Images.Registry.Auth;

namespace Keelson.ImageService.Tests.Registry;

public sealed class ChallengeTests
{
    [Theory]
    [InlineData("Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a/b:pull,push\"", "bearer", "https://a/t", "s", "repository:a/b:pull,push")]
    [InlineData("bearer realm=https://a/t,service=s", "bearer", "https://a/t", "s", "")]
    [InlineData("BEARER Realm = \"https://a/t\" , SERVICE=\"s\\\"x\"", "bearer", "https://a/t", "s\"x", "")]
    [InlineData("Basic realm=\"x\"", "basic", "x", "", "")]
    [InlineData("Basic", "basic", "", "", "")]
    public void Reads_what_registries_send(string header, string scheme, string realm, string service, string scope) =>
        Assert.Equal(new Challenge(scheme, realm, service, scope), Choose(header));

    [Fact]
    public void Prefers_bearer_and_answers_nothing_else()
    {
        Assert.Equal("bearer", Choose("Basic realm=\"x\"", "Bearer realm=\"https://a\"")!.Scheme);
        Assert.Null(Choose("Negotiate", "Digest realm=\"x\""));
        Assert.Null(Choose());
    }

    [Fact]
    public void Any_text_is_read_or_left()
    {
        Gen<char> letter = Gen.Elements("Bearrealm=\"\\,; \t:/scope".ToCharArray());
        Prop.ForAll(letter.ListOf().ToArbitrary(), letters =>
        {
            Challenge? challenge = Choose("Bearer " + new string([.. letters]));
            return challenge is null or { Scheme: "bearer" };
        }).QuickCheckThrowOnFailure();
    }

    private static Challenge? Choose(params string[] headers)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        foreach (string header in headers)
        {
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", header);
        }

        return Challenge.Choose(response.Headers.WwwAuthenticate);
    }
}
