using Keelson.Core;
using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.Hosting;

/// <summary>Registry credentials are in requests, and requests are never logged.</summary>
public sealed class RedactionTests
{
    private static readonly string[] Secrets = ["s3cret-password", "s3cret-identity", "s3cret-registry", "dXNlcjpzM2NyZXQ="];

    [Theory]
    [InlineData(ErrorKind.KubeletToken)]
    [InlineData(ErrorKind.Internal)]
    [InlineData(ErrorKind.PermissionDenied)]
    public async Task A_failing_pull_leaves_no_secret_in_any_line_of_the_log(ErrorKind kind)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync("log: { level: trace }");
        daemon.Images.PullFailure = new KeelsonException(kind, "registry said no");
        await daemon.FailsAsync(ImageMethods.PullImage, Request());
        await daemon.StopAsync();
        Assert.Contains("registry said no", daemon.Log, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, daemon.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_that_can_not_be_read_are_refused_without_being_repeated()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync("log: { level: trace }");
        var request = new Cri.PullImageRequest { Image = new Cri.ImageSpec { Image = "x" }, Auth = new Cri.AuthConfig { Auth = "s3cret-password" } };
        RpcException end = await Assert.ThrowsAsync<RpcException>(() => daemon.CallAsync(ImageMethods.PullImage, request));
        await daemon.StopAsync();
        Assert.Equal(StatusCode.InvalidArgument, end.Status);
        Assert.DoesNotContain("s3cret", end.Message + daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_domain_gets_the_credentials_in_a_form_that_prints_none_of_them()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        await daemon.CallAsync(ImageMethods.PullImage, Request());
        var credentials = Assert.Single(daemon.Images.Pulled).Credentials!;
        Assert.Equal(("u", "s3cret-password", "s3cret-identity", "s3cret-registry"),
            (credentials.Username, credentials.Password, credentials.IdentityToken, credentials.RegistryToken));
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, daemon.Images.Pulled[0].ToString(), StringComparison.Ordinal));
    }

    private static Cri.PullImageRequest Request() => new()
    {
        Image = new Cri.ImageSpec { Image = "registry.example/x" },
        Auth = new Cri.AuthConfig
        {
            Username = "u",
            Password = Secrets[0],
            IdentityToken = Secrets[1],
            RegistryToken = Secrets[2],
            Auth = Secrets[3],
        },
    };
}
