using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Pull;

[Trait("needs", "root")]
public sealed class CatalogTests
{
    private static readonly TestImage Image = TestImage.Build().Layer(tar => tar.File("a", new byte[100_000])).Layer(tar => tar.File("b", "1")).Build();
    private static readonly TestImage Other = TestImage.Build().Layer(tar => tar.File("a", new byte[100_000])).Layer(tar => tar.File("c", "1")).Build();

    [SkippableFact]
    public async Task One_image_under_several_names_is_one_image_with_one_id()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        registry.Add(Image, tag: "v1");
        registry.Add(Image, tag: "v2");
        registry.Add(Image, "else/where", "v3");
        using var host = new ImageHost();

        Digest[] ids =
        [
            await host.PullAsync($"{registry.Host}/team/app:v1"),
            await host.PullAsync($"{registry.Host}/team/app:v2"),
            await host.PullAsync($"{registry.Host}/else/where:v3"),
            await host.PullAsync($"{registry.Host}/team/app@{Image.Manifest.Digest}"),
        ];

        Assert.All(ids, id => Assert.Equal(Image.ConfigDigest, id));
        ImageRecord record = Assert.Single(host.Service.List());
        Assert.Equal(
            [$"{registry.Host}/else/where:v3", $"{registry.Host}/team/app:v1", $"{registry.Host}/team/app:v2"],
            record.RepoTags.Order(StringComparer.Ordinal));
        Assert.Equal(2, record.RepoDigests.Length);
    }

    [SkippableFact]
    public async Task An_image_is_found_by_id_beginning_tag_digest_and_short_name()
    {
        Needs.Root();
        await using var mirror = new FakeRegistry();
        mirror.Add(Image, "library/app", "latest");
        using var host = new ImageHost(options => options with
        {
            Registries = options.Registries.Add("docker.io", new RegistryOptions { Mirrors = [new Uri(mirror.Url)] }),
        });
        await host.PullAsync("app");

        string hex = Image.ConfigDigest.Hex;
        foreach (string spec in (string[])
            [
                "app", "app:latest", "library/app", "docker.io/library/app:latest", $"app@{Image.Manifest.Digest}",
                $"app:whatever@{Image.Manifest.Digest}", hex, "sha256:" + hex, hex[..12], "sha256:" + hex[..12],
            ])
        {
            Assert.True(host.Service.Find(spec)?.Id == Image.ConfigDigest, spec);
        }

        foreach (string spec in (string[])["", "absent", "app:other", "Not A Reference", "sha256:", new string('0', 64), "app@sha256:" + new string('0', 64), hex + "0"])
        {
            Assert.True(host.Service.Find(spec) is null, spec);
            Assert.Equal(ErrorKind.NotFound, Assert.Throws<KeelsonException>(() => host.Service.Acquire(spec)).Kind);
        }
    }

    [SkippableFact]
    public async Task A_tag_that_moved_leaves_its_old_image_with_the_digest()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        await host.PullAsync(reference);
        registry.Add(Other);
        await host.PullAsync(reference);

        Assert.Equal(Other.ConfigDigest, host.Service.Find(reference)!.Id);
        Assert.Empty(host.Get(Image.ConfigDigest).RepoTags);
        Assert.Equal([$"{registry.Host}/team/app@{Image.Manifest.Digest}"], host.Get(Image.ConfigDigest).RepoDigests.AsEnumerable());
    }

    [SkippableFact]
    public async Task Removing_by_one_name_removes_all_of_them_and_repeats_quietly()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.Add(Image, tag: "v2");
        using var host = new ImageHost();
        await host.PullAsync(reference);
        await host.PullAsync($"{registry.Host}/team/app:v2");

        await host.Service.RemoveAsync(reference, CancellationToken.None);
        await host.Service.RemoveAsync(reference, CancellationToken.None);
        await host.Service.RemoveAsync("absent", CancellationToken.None);
        await host.Service.RemoveAsync("Not A Reference", CancellationToken.None);

        Assert.Null(host.Service.Find($"{registry.Host}/team/app:v2"));
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task Layers_under_containers_and_leases_outlive_their_image()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        Digest id = await host.PullAsync(reference);
        ImageLease lease = host.Service.Acquire(reference);
        string tree = lease.Image.Layers[0].Directory.Value;

        await host.Service.RemoveAsync(reference, CancellationToken.None);
        Assert.Null(host.Service.Find(id.Value));
        host.Service.CollectLayers();
        Assert.True(File.Exists($"{tree}/b"));

        host.Used.UnionWith(lease.Image.Layers.Select(layer => layer.ChainId));
        lease.Dispose();
        lease.Dispose();
        host.Service.CollectLayers();
        host.Restart();
        Assert.True(File.Exists($"{tree}/b"));

        host.Used.Clear();
        host.Service.CollectLayers();
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task A_layer_of_two_images_goes_with_the_second()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string one = registry.Add(Image, "team/one");
        string two = registry.Add(Other, "team/two");
        using var host = new ImageHost();
        await host.PullAsync(one);
        await host.PullAsync(two);

        await host.Service.RemoveAsync(one, CancellationToken.None);
        await Eventually.IsTrueAsync("two layers are left", () => host.LayerDirectories.Length == 2);
        using (host.Service.Acquire(two))
        {
            await host.Service.RemoveAsync(two, CancellationToken.None);
        }

        host.Service.CollectLayers();
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task Usage_grows_with_what_is_pulled_and_shrinks_with_what_is_removed()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        Assert.Equal((0, 0), (host.Service.Usage().UsedBytes, host.Service.Usage().InodesUsed));
        await host.PullAsync(reference);

        ImageFsUsage usage = host.Service.Usage();
        Assert.InRange(usage.UsedBytes, 100_000, 1_000_000);
        Assert.InRange(usage.InodesUsed, 2, 20);
        Assert.True(Directory.Exists(usage.Mountpoint.Value));
        Assert.True(usage.TimestampNanoseconds > 0);
        Assert.InRange(host.Get(Image.ConfigDigest).SizeBytes, 100, 1_000_000);

        host.Restart();
        Assert.Equal((usage.UsedBytes, usage.InodesUsed), (host.Service.Usage().UsedBytes, host.Service.Usage().InodesUsed));
        await host.Service.RemoveAsync(reference, CancellationToken.None);
        Assert.Equal((0, 0), (host.Service.Usage().UsedBytes, host.Service.Usage().InodesUsed));
    }

    [SkippableFact]
    public async Task Pinned_images_are_those_the_configuration_names()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image, "team/pinned");
        string plain = registry.Add(Other, "team/plain");
        using var host = new ImageHost(options => options with { PinnedImages = [$"{registry.Host}/team/pin*"] });
        await host.PullAsync(reference);
        await host.PullAsync(plain);

        Assert.True(host.Service.Find(reference)!.Pinned);
        Assert.False(host.Service.Find(plain)!.Pinned);
        host.Restart();
        Assert.True(host.Service.Find(reference)!.Pinned);

        // Pinned keeps it from the kubelet's collection; asked to go, it goes.
        await host.Service.RemoveAsync(reference, CancellationToken.None);
        Assert.Null(host.Service.Find(reference));
    }

    [Theory]
    [Trait("CVE", "2024-40635")]
    [Trait("CVE", "2026-46680")]
    [InlineData("", null, "")]
    [InlineData("0", 0L, "")]
    [InlineData("1000", 1000L, "")]
    [InlineData("1000:1001", 1000L, "")]
    [InlineData("nobody", null, "nobody")]
    [InlineData("nobody:nogroup", null, "nobody")]
    [InlineData("2147483647", 2147483647L, "")]
    [InlineData("2147483648", null, "2147483648")]
    [InlineData("4294967296", null, "4294967296")]
    [InlineData("-1", null, "-1")]
    [InlineData("+1", null, "+1")]
    [InlineData(" 1", null, " 1")]
    public void A_user_is_a_number_in_range_or_a_name(string user, long? uid, string name) =>
        Assert.Equal(new ImageUser(uid, name), ImageUser.Parse(user));
}
