using System.Text;
using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images.Registry;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Registry;

public sealed class ManifestTests
{
    private static readonly string Here = Platform.Node.Architecture;

    private static readonly TestImage Image = ImageFor(Here);

    [Theory]
    [InlineData(ManifestFormat.Oci)]
    [InlineData(ManifestFormat.Docker)]
    public async Task A_manifest_of_either_family_is_read(ManifestFormat format)
    {
        TestImage image = TestImage.Build().Manifest(format).Platform("linux", Here).Layer(tar => tar.File("a", "1")).Build();
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(image));

        RemoteImage remote = await peer.ResolveAsync();
        Assert.Equal(image.ConfigDigest, remote.ConfigDigest);
        Assert.Equal(image.Manifest.Digest, remote.ManifestDigest);
        Assert.Equal((image.Layers[0].Digest, image.Layers[0].DiffId), (remote.Layers[0].Digest, remote.Layers[0].DiffId));
    }

    [Theory]
    [InlineData(ManifestFormat.Oci)]
    [InlineData(ManifestFormat.Docker)]
    public async Task The_entry_of_this_platform_is_chosen_from_an_index(ManifestFormat format)
    {
        TestImageIndex index = TestImageIndex.Of(format, ImageFor("s390x"), Image, ImageFor("riscv64"));
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(index));

        RemoteImage remote = await peer.ResolveAsync();
        Assert.Equal(Image.ConfigDigest, remote.ConfigDigest);
        Assert.Equal(index.Index.Digest, remote.TargetDigest);
    }

    [Fact]
    public async Task An_index_without_this_platform_is_not_found()
    {
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(TestImageIndex.Of(ManifestFormat.Oci, ImageFor("s390x"))));

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains(Here, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_of_another_platform_is_refused()
    {
        await using var registry = new FakeRegistry();
        using var peer = new RegistryPeer(registry.Add(ImageFor("s390x")));

        Assert.Equal(ErrorKind.NotFound, (await peer.FailAsync()).Kind);
    }

    [Fact]
    public async Task A_schema_1_manifest_is_refused_clearly()
    {
        KeelsonException error = await FailWithAsync(
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            """{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"signatures":[]}""");
        Assert.Equal(ErrorKind.Unimplemented, error.Kind);
        Assert.Contains("manifest.v1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("CVE", "2023-25153")]
    public async Task A_manifest_above_4_MiB_is_refused()
    {
        string filler = new('x', 5 << 20);
        KeelsonException error = await FailWithAsync(Image.Manifest.MediaType, "{\"schemaVersion\":2,\"annotations\":{\"a\":\"" + filler + "\"}}");
        Assert.Equal(ErrorKind.FailedPrecondition, error.Kind);
    }

    [Fact]
    [Trait("CVE", "2023-25153")]
    public async Task A_manifest_without_length_is_read_no_further_than_4_MiB()
    {
        byte[] endless = new byte[64 << 20];
        Array.Fill(endless, (byte)' ');
        await using var registry = new FakeRegistry();
        registry.Always("/manifests/", FakeResponse.Manifest(Image.Manifest.MediaType, endless) with { WithoutLength = true });
        using var peer = new RegistryPeer(registry.Add(Image));

        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal(ErrorKind.FailedPrecondition, (await peer.FailAsync()).Kind);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 128 << 20);
    }

    [Fact]
    public async Task Deeply_nested_JSON_is_refused()
    {
        string deep = new string('[', 5000) + new string(']', 5000);
        Assert.Equal(ErrorKind.FailedPrecondition, (await FailWithAsync(Image.Manifest.MediaType, $$"""{"schemaVersion":2,"x":{{deep}}}""")).Kind);
    }

    [Theory]
    [Trait("CVE", "2021-41190")]
    [InlineData("manifests")]
    [InlineData("layers")]
    public async Task A_document_that_is_index_and_manifest_at_once_is_refused(string withoutMediaType)
    {
        JsonObject document = JsonNode.Parse(Image.Manifest.Bytes)!.AsObject();
        document.Remove("mediaType");
        document["manifests"] = new JsonArray(new JsonObject
        {
            ["mediaType"] = Image.Manifest.MediaType,
            ["digest"] = Image.Manifest.Digest.Value,
            ["size"] = Image.Manifest.Bytes.Length,
        });
        string declared = withoutMediaType == "manifests" ? "application/vnd.oci.image.index.v1+json" : Image.Manifest.MediaType;
        Assert.Equal(ErrorKind.FailedPrecondition, (await FailWithAsync(declared, document.ToJsonString())).Kind);
    }

    [Fact]
    [Trait("CVE", "2021-41190")]
    public async Task A_document_that_contradicts_its_content_type_is_refused()
    {
        Assert.Equal(
            ErrorKind.FailedPrecondition,
            (await FailWithAsync("application/vnd.oci.image.index.v1+json", Encoding.UTF8.GetString(Image.Manifest.Bytes))).Kind);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"text\"")]
    [InlineData("{\"schemaVersion\":2}")]
    [InlineData("{\"schemaVersion\":\"two\"}")]
    [InlineData("{\"schemaVersion\":2,\"layers\":{}}")]
    [InlineData("{\"schemaVersion\":2,\"config\":null,\"layers\":null}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{},\"layers\":[null]}")]
    [InlineData("{")]
    [InlineData("")]
    public async Task Nonsense_in_place_of_a_manifest_is_refused(string text) =>
        Assert.Equal(ErrorKind.FailedPrecondition, (await FailWithAsync(Image.Manifest.MediaType, text)).Kind);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[null]}}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[\"sha256:1\"]}}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[]}}")]
    [InlineData("{\"config\":5}")]
    public async Task Nonsense_in_place_of_a_config_is_refused(string text)
    {
        byte[] config = Encoding.UTF8.GetBytes(text);
        Digest digest = Digest.FromSha256(System.Security.Cryptography.SHA256.HashData(config));
        JsonObject manifest = JsonNode.Parse(Image.Manifest.Bytes)!.AsObject();
        manifest["config"]!["digest"] = digest.Value;
        manifest["config"]!["size"] = config.Length;
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.Serve($"/v2/team/app/blobs/{digest}", new FakeResponse(200, config));
        registry.Serve("/v2/team/app/manifests/v1", FakeResponse.Manifest(Image.Manifest.MediaType, Encoding.UTF8.GetBytes(manifest.ToJsonString())));
        using var peer = new RegistryPeer(reference);

        Assert.Equal(ErrorKind.FailedPrecondition, (await peer.FailAsync()).Kind);
    }

    [Fact]
    public async Task A_manifest_that_is_not_its_digest_is_refused()
    {
        await using var registry = new FakeRegistry();
        registry.Add(Image);
        registry.Always("/manifests/", FakeResponse.Manifest(Image.Manifest.MediaType, ImageFor("s390x").Manifest.Bytes));
        using var peer = new RegistryPeer($"{registry.Host}/team/app@{Image.Manifest.Digest}");

        KeelsonException error = await peer.FailAsync();
        Assert.Equal(ErrorKind.FailedPrecondition, error.Kind);
        Assert.Contains("digest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_that_is_not_its_digest_is_refused()
    {
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.Serve($"/v2/team/app/blobs/{Image.ConfigDigest}", FakeResponse.Json("{}"));
        using var peer = new RegistryPeer(reference);

        Assert.Equal(ErrorKind.FailedPrecondition, (await peer.FailAsync()).Kind);
    }

    [Fact]
    public async Task An_artifact_that_is_no_image_is_refused_by_name()
    {
        JsonObject manifest = JsonNode.Parse(Image.Manifest.Bytes)!.AsObject();
        manifest["config"]!["mediaType"] = "application/vnd.cncf.helm.config.v1+json";
        KeelsonException error = await FailWithAsync(Image.Manifest.MediaType, manifest.ToJsonString());
        Assert.Equal(ErrorKind.Unimplemented, error.Kind);
        Assert.Contains("helm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_with_a_digest_asks_for_the_digest()
    {
        await using var registry = new FakeRegistry();
        registry.Add(Image, tag: "other");
        using var peer = new RegistryPeer($"{registry.Host}/team/app:moved@{Image.Manifest.Digest}");

        Assert.Equal(Image.ConfigDigest, (await peer.ResolveAsync()).ConfigDigest);
    }

    private static TestImage ImageFor(string architecture) =>
        TestImage.Build().Platform("linux", architecture).Layer(tar => tar.File("a", architecture)).Build();

    private static async Task<KeelsonException> FailWithAsync(string mediaType, string body)
    {
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.Always("/manifests/", FakeResponse.Manifest(mediaType, Encoding.UTF8.GetBytes(body)));
        using var peer = new RegistryPeer(reference);
        return await peer.FailAsync();
    }
}
