using System.Text;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Pull;

/// <summary>Pulls that must fail: each says why, leaves nothing behind, and does not spoil the next.</summary>
[Trait("needs", "root")]
public sealed class BadImageTests
{
    private static readonly TestImage Image = TestImage.Build()
        .Layer(tar => tar.File("a", new byte[200_000]))
        .Layer(tar => tar.File("b", "1"))
        .Build();

    public static TheoryData<string> Damages => ["other bytes", "truncated", "longer", "empty", "one bit", "403", "404", "500", "reset", "no gzip"];

    [SkippableTheory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_layer_fails_the_pull_and_leaves_nothing(string damage)
    {
        Needs.Root();
        byte[] blob = Image.Layers[0].Blob;
        byte[] flipped = [.. blob];
        flipped[blob.Length / 2] ^= 1;
        FakeResponse answer = damage switch
        {
            "other bytes" => new FakeResponse(200, new byte[blob.Length]),
            "truncated" => new FakeResponse(200, blob[..^10]),
            "longer" => new FakeResponse(200, [.. blob, 1, 2, 3]),
            "empty" => new FakeResponse(200, []),
            "one bit" => new FakeResponse(200, flipped),
            "reset" => FakeResponse.Reset(),
            "no gzip" => new FakeResponse(200, Encoding.ASCII.GetBytes(new string('x', blob.Length))),
            _ => FakeResponse.Of(int.Parse(damage, System.Globalization.CultureInfo.InvariantCulture)),
        };
        ErrorKind expected = damage switch
        {
            "403" => ErrorKind.PermissionDenied,
            "404" => ErrorKind.NotFound,
            "500" or "reset" => ErrorKind.KubeletToken,
            _ => ErrorKind.FailedPrecondition,
        };
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        bool damaged = true;
        registry.When(request => damaged && request.Path.Contains(Image.Layers[0].Digest.Value, StringComparison.Ordinal) ? answer : null);
        using var host = new ImageHost();

        KeelsonException error = await host.FailToPullAsync(reference);
        Assert.Equal(expected, error.Kind);
        Assert.Contains(Image.Layers[0].Digest.Value, error.Message, StringComparison.Ordinal);
        Assert.Empty(host.Service.List());
        Assert.Empty(host.Service.PullsUnderWay());
        Assert.Null(host.Service.Find(reference));
        await host.SettleAsync();

        damaged = false;
        Assert.Equal(Image.ConfigDigest, await host.PullAsync(reference));
    }

    [SkippableFact]
    public async Task A_config_that_lies_about_a_layers_content_fails_the_pull()
    {
        Needs.Root();
        TestImage honest = TestImage.Build().Layer(tar => tar.File("a", "1")).Build();
        TestImage liar = TestImage.Build().Layer(tar => tar.File("a", "2")).Build();
        string manifest = Encoding.UTF8.GetString(liar.Manifest.Bytes)
            .Replace(liar.Layers[0].Digest.Value, honest.Layers[0].Digest.Value, StringComparison.Ordinal)
            .Replace($"\"size\":{liar.Layers[0].Blob.Length}", $"\"size\":{honest.Layers[0].Blob.Length}", StringComparison.Ordinal);
        await using var registry = new FakeRegistry();
        registry.Add(honest);
        registry.Add(liar, tag: "liar");
        registry.Serve("/v2/team/app/manifests/liar", FakeResponse.Manifest(liar.Manifest.MediaType, Encoding.UTF8.GetBytes(manifest)));
        using var host = new ImageHost();

        KeelsonException error = await host.FailToPullAsync($"{registry.Host}/team/app:liar");
        Assert.Equal(ErrorKind.FailedPrecondition, error.Kind);
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task A_layer_that_is_no_archive_fails_the_pull()
    {
        Needs.Root();
        byte[] noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        TestImage image = TestImage.Build().Layer(noise).Build();
        await using var registry = new FakeRegistry();
        using var host = new ImageHost();

        KeelsonException error = await host.FailToPullAsync(registry.Add(image));
        Assert.Equal(ErrorKind.FailedPrecondition, error.Kind);
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task A_full_disk_is_told_and_leaves_nothing()
    {
        Needs.Root();
        using var mountpoint = new TemporaryDirectory("fulldisk");
        OverlayView.Run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", mountpoint.HostPath);
        try
        {
            TestImage large = TestImage.Build().Layer(tar => tar.File("large", new byte[4 << 20])).Build();
            TestImage small = TestImage.Build().Layer(tar => tar.File("small", new byte[1000])).Build();
            await using var registry = new FakeRegistry();
            using var host = new ImageHost(root: mountpoint.HostPath + "/state");

            KeelsonException error = await host.FailToPullAsync(registry.Add(large));
            Assert.Equal(ErrorKind.ResourceExhausted, error.Kind);
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            await host.AssertEmptyAsync();

            await host.PullAsync(registry.Add(small, tag: "small"));
        }
        finally
        {
            OverlayView.Run("umount", mountpoint.HostPath);
        }
    }

    [SkippableFact]
    public async Task A_malformed_reference_is_refused_before_anything_is_asked()
    {
        using var host = new ImageHost();
        Assert.Equal(ErrorKind.InvalidArgument, (await host.FailToPullAsync("Not A Reference")).Kind);
    }

    [SkippableFact]
    public async Task No_log_line_of_a_failing_pull_holds_a_secret()
    {
        Needs.Root();
        const string Secret = "s3cr3t";
        await using var registry = new FakeRegistry();
        registry.RequireBearer("s3cr3t-token", registry.Url + "/token");
        registry.Serve("/token", FakeResponse.Json("""{"token":"s3cr3t-token"}"""));
        string reference = registry.Add(Image);
        registry.Always("/blobs/" + Image.Layers[1].Digest, FakeResponse.Of(500, "s3cr3t-echo"));
        using var host = new ImageHost();

        KeelsonException error = await host.FailToPullAsync(reference, new Keelson.Images.RegistryCredentials { Username = "u", Password = "s3cr3t-password" });
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(host.Log.Lines);
        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("u:s3cr3t-password"));
        Assert.All(host.Log.Lines, line => Assert.False(
            line.Contains(Secret, StringComparison.Ordinal) || line.Contains(pair, StringComparison.Ordinal), line));
    }
}
