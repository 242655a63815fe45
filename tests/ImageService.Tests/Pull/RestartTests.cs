using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.TestKit;
using Keelson.TestKit.Images;
using Microsoft.Extensions.Logging;

namespace Keelson.ImageService.Tests.Pull;

[Trait("needs", "root")]
public sealed class RestartTests
{
    private static readonly TestImage Image = TestImage.Build()
        .Layer(tar => tar.File("a", "1")).User("app").Environment("A", "b").Label("l", "v").Build();

    [SkippableFact]
    public async Task A_restart_shows_the_same_images()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        await host.PullAsync(reference);
        ImageRecord before = Assert.Single(host.Service.List());

        host.Restart();

        ImageRecord after = Assert.Single(host.Service.List());
        Assert.Equal((before.Id, before.ManifestDigest, before.SizeBytes, before.CreatedAtNanoseconds), (after.Id, after.ManifestDigest, after.SizeBytes, after.CreatedAtNanoseconds));
        Assert.Equal(before.RepoTags.AsEnumerable(), after.RepoTags);
        Assert.Equal(before.RepoDigests.AsEnumerable(), after.RepoDigests);
        Assert.Equal(before.ChainIds.AsEnumerable(), after.ChainIds);
        Assert.Equal(before.Config.Environment.AsEnumerable(), after.Config.Environment);
        Assert.Equal(before.Config.User, after.Config.User);
        await host.PullAsync(reference);
        Assert.Equal(1, registry.CountOf("GET", Image.Layers[0].Digest.Value));
    }

    [SkippableFact]
    public async Task What_a_crash_left_half_done_is_gone_after_a_restart()
    {
        Needs.Root();
        using var host = new ImageHost();
        Directory.CreateDirectory($"{host.Root}/layers/.tmp-crashed/fs/deep");
        await File.WriteAllTextAsync($"{host.Root}/layers/.tmp-crashed/fs/deep/file", "x");
        Directory.CreateDirectory($"{host.Root}/layers/{new string('a', 64)}/fs");
        await File.WriteAllTextAsync($"{host.Root}/images/{new string('b', 64)}.json.0.tmp", "{");
        await File.WriteAllTextAsync($"{host.Root}/content/sha256-{new string('c', 64)}", "stray");

        host.Restart();
        await host.AssertEmptyAsync();
    }

    [SkippableFact]
    public async Task A_layer_without_a_record_is_not_trusted_after_a_restart()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        await host.PullAsync(reference);

        // As after a power cut between rename and sync point: the layer is there, its data may not be, no record names it.
        string tree = host.LayerTree(Image.ConfigDigest, 0);
        await File.WriteAllTextAsync(tree + "/a", string.Empty);
        foreach (string record in Directory.GetFiles($"{host.Root}/images"))
        {
            File.Delete(record);
        }

        host.Restart();
        await host.PullAsync(reference);
        Assert.Equal("1", await File.ReadAllTextAsync(host.LayerTree(Image.ConfigDigest, 0) + "/a"));
    }

    [SkippableFact]
    public async Task No_layer_goes_before_the_containers_are_known()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        await host.PullAsync(reference);
        host.Used.Add(Image.Layers[0].DiffId);

        host.Restart(containersAreKnown: false);
        host.Used.Clear();
        await host.Service.RemoveAsync(reference, CancellationToken.None);
        Assert.Equal([Image.Layers[0].DiffId.Hex], host.LayerDirectories);

        host.Service.CollectLayers();
        await host.AssertEmptyAsync();
    }

    public static TheoryData<string> BadRecords =>
    [
        "", "{", "null", "[]", "{}", "\"x\"", "\0\0\0\0",
        """{"version":1}""",
        """{"version":99,"id":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}""",
        """{"version":1,"id":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}""",
        """{"version":1,"id":"../../../etc/passwd","manifestDigest":"x","repoTags":null,"repoDigests":null,"chainIds":null}""",
    ];

    [SkippableTheory]
    [MemberData(nameof(BadRecords))]
    public async Task A_bad_record_is_put_aside_with_a_warning(string content)
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        using var host = new ImageHost();
        await host.PullAsync(registry.Add(Image));
        string bad = $"{host.Root}/images/{new string('0', 64)}.json";
        await File.WriteAllTextAsync(bad, content);

        host.Restart();

        Assert.Equal(Image.ConfigDigest, Assert.Single(host.Service.List()).Id);
        Assert.False(File.Exists(bad));
        Assert.Contains(host.Log.AtLeast(LogLevel.Warning), line => line.Contains(bad, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("config missing")]
    [InlineData("config null")]
    [InlineData("config garbage")]
    [InlineData("layer missing")]
    [InlineData("layer description missing")]
    [InlineData("record field null")]
    public async Task An_image_that_lost_a_part_is_put_aside_and_can_be_pulled_again(string loss)
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();
        await host.PullAsync(reference);
        string layer = $"{host.Root}/layers/{Image.Layers[0].DiffId.Hex}";
        string config = Directory.GetFiles($"{host.Root}/content").Single(path => path.Contains(Image.ConfigDigest.Hex, StringComparison.Ordinal));
        string record = Directory.GetFiles($"{host.Root}/images").Single();
        switch (loss)
        {
            case "config missing":
                File.Delete(config);
                break;
            case "config null":
                await File.WriteAllTextAsync(config, "null");
                break;
            case "config garbage":
                await File.WriteAllTextAsync(config, "\0\0\0");
                break;
            case "layer missing":
                Directory.Delete(layer, recursive: true);
                break;
            case "layer description missing":
                File.Delete(Directory.GetFiles(layer).Single());
                break;
            default:
                JsonObject fields = JsonNode.Parse(await File.ReadAllTextAsync(record))!.AsObject();
                fields["repoTags"] = null;
                await File.WriteAllTextAsync(record, fields.ToJsonString());
                break;
        }

        host.Restart();
        Assert.Empty(host.Service.List());
        Assert.NotEmpty(host.Log.AtLeast(LogLevel.Warning));

        Assert.Equal(Image.ConfigDigest, await host.PullAsync(reference));
        Assert.Equal("1", await File.ReadAllTextAsync(host.LayerTree(Image.ConfigDigest, 0) + "/a"));
    }

    [SkippableFact]
    [Trait("CVE", "2021-41103")]
    [Trait("CVE", "2024-25621")]
    public async Task Nobody_else_can_enter_the_directories()
    {
        Needs.Root();
        using var directory = new TemporaryDirectory("modes");
        string root = directory.Sub("open");
        File.SetUnixFileMode(root, (UnixFileMode)0b111_111_111);
        Directory.CreateDirectory(root + "/layers");
        File.SetUnixFileMode(root + "/layers", (UnixFileMode)0b111_111_111);
        await using var registry = new FakeRegistry();
        using var host = new ImageHost(root: root);
        await host.PullAsync(registry.Add(Image));

        foreach (string path in (string[])[root, root + "/layers", root + "/images", root + "/content", host.LayerDirectories.Select(name => $"{root}/layers/{name}").Single()])
        {
            Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(path));
        }
    }
}
