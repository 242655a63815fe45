using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>The bytes must be those that manifest and config name.</summary>
[Trait("needs", "root")]
public sealed class LayerVerificationTests
{
    private static readonly byte[] Tar = new TarBuilder().Directory("d").File("d/a", new byte[100_000]).File("d/b", "b").ToArray();

    [SkippableFact]
    public async Task Another_digest_is_refused()
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar);
        LayerSource source = Unpacking.SourceOf(layer) with { Digest = Digest.FromSha256(new byte[32]) };
        await place.RefusesAsync(ErrorKind.FailedPrecondition, layer.Digest.Value, () => place.RunAsync(layer.Blob, source));
    }

    [SkippableFact]
    public async Task Another_diff_id_is_refused()
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar);
        LayerSource source = Unpacking.SourceOf(layer) with { DiffId = Digest.FromSha256(new byte[32]) };
        await place.RefusesAsync(ErrorKind.FailedPrecondition, layer.DiffId.Value, () => place.RunAsync(layer.Blob, source));
    }

    [SkippableTheory]
    [InlineData(-1, "longer than")]
    [InlineData(1, "ended after")]
    public async Task Another_size_is_refused(int difference, string saying)
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar);
        LayerSource source = Unpacking.SourceOf(layer) with { Size = layer.Blob.Length + difference };
        await place.RefusesAsync(ErrorKind.FailedPrecondition, saying, () => place.RunAsync(layer.Blob, source));
    }

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    [InlineData(LayerFormat.Plain)]
    public async Task A_transfer_cut_short_is_told_as_that(LayerFormat format)
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar, format);
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "ended after", () => place.RunAsync(layer.Blob[..(layer.Blob.Length / 2)], Unpacking.SourceOf(layer)));
    }

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    public async Task A_blob_that_ends_inside_its_compression_is_refused(LayerFormat format)
    {
        using var place = new Unpacking();
        TestLayer whole = TestLayer.Of(Tar, format);
        byte[] cut = whole.Blob[..(whole.Blob.Length / 2)];
        LayerSource source = Unpacking.SourceOf(whole) with { Digest = TestLayer.Of(cut, LayerFormat.Plain).Digest, Size = cut.Length };
        KeelsonException e = await Assert.ThrowsAnyAsync<KeelsonException>(() => place.RunAsync(cut, source));
        Assert.Equal(ErrorKind.FailedPrecondition, e.Kind);
    }

    [SkippableFact]
    public async Task A_damaged_blob_is_the_transfers_fault_if_its_digest_is_wrong()
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar);
        byte[] damaged = [.. layer.Blob];
        damaged[damaged.Length / 3] ^= 0xff;
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "has digest", () => place.RunAsync(damaged, Unpacking.SourceOf(layer)));
    }

    [SkippableTheory]
    [InlineData(700)]
    [InlineData(1024)]
    [InlineData(1100)]
    public async Task A_tar_that_ends_inside_an_entry_is_refused_even_with_the_right_diff_id(int length)
    {
        using var place = new Unpacking();
        byte[] tar = new TarBuilder().File("a", new byte[1500]).ToArray()[..length];
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "cut off", () => place.RunAsync(tar));
    }

    [SkippableFact]
    public async Task A_tar_without_an_end_mark_is_accepted()
    {
        using var place = new Unpacking();
        await place.RunAsync(new TarBuilder().File("a", "1").ToArrayWithoutEnd());
        Assert.Equal("1", TreeListing.Find(place.Target, "a")!.Content);
    }

    [SkippableFact]
    public async Task A_tar_that_goes_on_after_one_zero_block_is_refused()
    {
        using var place = new Unpacking();
        byte[] tar = new TarBuilder().File("a", "1").Raw(new byte[512]).File("b", "2").ToArray();
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "zero block", () => place.RunAsync(tar));
    }

    [SkippableFact]
    public async Task A_header_with_a_wrong_checksum_is_refused()
    {
        using var place = new Unpacking();
        byte[] tar = new TarBuilder().File("a", "1").ToArray();
        tar[0] ^= 1;
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "checksum", () => place.RunAsync(tar));
    }

    [SkippableTheory]
    [InlineData("application/vnd.oci.image.layer.v1.tar", "says None")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+zstd", "says Zstd")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "not supported")]
    public async Task A_media_type_that_the_bytes_contradict_is_refused(string mediaType, string saying)
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar);
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, saying, () => place.RunAsync(layer.Blob, Unpacking.SourceOf(layer) with { MediaType = mediaType }));
    }

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    [InlineData(LayerFormat.Plain)]
    public async Task Docker_layer_types_are_told_by_their_bytes(LayerFormat format)
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar, format);
        await place.RunAsync(layer.Blob, Unpacking.SourceOf(layer) with { MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip" });
        Assert.Equal("b", TreeListing.Find(place.Target, "d/b")!.Content);
    }

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    public async Task A_layer_compressed_in_several_members_is_read_whole(LayerFormat format)
    {
        using var place = new Unpacking();
        byte[][] parts = [Tar[..1000], Tar[1000..50_000], Tar[50_000..]];
        byte[] blob = [.. parts.SelectMany(part => TestLayer.Of(part, format).Blob)];
        TestLayer whole = TestLayer.Of(Tar, format);
        var source = new LayerSource(TestLayer.Of(blob, LayerFormat.Plain).Digest, whole.DiffId, blob.Length, whole.MediaType);
        await place.RunAsync(blob, source);
        Assert.Equal("b", TreeListing.Find(place.Target, "d/b")!.Content);
    }

    [SkippableFact]
    public async Task A_cancelled_unpack_stops_though_the_stream_never_ends()
    {
        using var place = new Unpacking();
        using var cancel = new CancellationTokenSource();
        using var endless = new EndlessStream();
        var source = new LayerSource(Digest.FromSha256(new byte[32]), Digest.FromSha256(new byte[32]), long.MaxValue, "application/vnd.oci.image.layer.v1.tar");
        Task<UnpackedLayer> unpack = new LayerUnpacker(new LayerLimits()).UnpackAsync(endless, source, HostPath.Parse(place.Target), null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unpack.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [SkippableFact]
    public async Task Progress_ends_at_the_size_of_the_blob()
    {
        using var place = new Unpacking();
        TestLayer layer = TestLayer.Of(Tar, LayerFormat.Plain);
        var progress = new LastReport();
        using var stream = new MemoryStream(layer.Blob);
        await new LayerUnpacker(new LayerLimits())
            .UnpackAsync(stream, Unpacking.SourceOf(layer), HostPath.Parse(place.Target), progress, CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(layer.Blob.Length, progress.Value);
    }

    private sealed class LastReport : IProgress<long>
    {
        public long Value { get; private set; }

        public void Report(long value) => Value = value;
    }
}
