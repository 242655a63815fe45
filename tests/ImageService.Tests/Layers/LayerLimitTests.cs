using System.Text;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>Layers that are cheap to send and dear to unpack.</summary>
[Trait("needs", "root")]
public sealed class LayerLimitTests
{
    [SkippableFact]
    [Trait("CVE", "GHSA-rp3h-jf77-q9p4")]
    public async Task Too_many_entries_stop_the_unpack()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted,
            "headers",
            () => place.RunAsync(
                tar =>
                {
                    for (int i = 0; i < 200; i++)
                    {
                        tar.CharacterDevice($"dev{i}", 1, 3);
                    }
                },
                new LayerLimits { Entries = 100 }));
    }

    [SkippableFact]
    [Trait("CVE", "GHSA-rp3h-jf77-q9p4")]
    public async Task Parents_that_have_no_entry_count_too()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted,
            "files and directories",
            () => place.RunAsync(
                tar =>
                {
                    for (int i = 0; i < 10; i++)
                    {
                        tar.File($"{i}/" + string.Concat(Enumerable.Repeat("d/", 20)) + "f", "x");
                    }
                },
                new LayerLimits { Entries = 100 }));
    }

    [SkippableFact]
    [Trait("CVE", "GHSA-rp3h-jf77-q9p4")]
    public async Task A_path_too_deep_stops_the_unpack()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted, "deeper than", () => place.RunAsync(tar => tar.File(string.Concat(Enumerable.Repeat("d/", 300)), "x")));
    }

    [SkippableFact]
    [Trait("CVE", "GHSA-rp3h-jf77-q9p4")]
    public async Task Too_many_hard_links_stop_the_unpack()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted,
            "hard links",
            () => place.RunAsync(
                tar => tar.File("a", "1").HardLink("b", "a").HardLink("c", "a").HardLink("d", "a"), new LayerLimits { HardLinks = 2 }));
    }

    [SkippableTheory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Zstd)]
    public async Task A_bomb_stops_at_the_size_limit(LayerFormat format)
    {
        using var place = new Unpacking();
        var bomb = new TarBuilder();
        for (int i = 0; i < 64; i++)
        {
            bomb.File($"zeros{i}", new byte[900_000]); // Each below the limit, so that only the sum is beyond it.
        }

        byte[] tar = bomb.ToArray();
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted, "larger than", () => place.RunAsync(tar, new LayerLimits { UnpackedBytes = 1 << 20 }, format));

        Assert.True(DirectoryTree.Measure(HostPath.Parse(place.Target)).Bytes < 8 << 20);
    }

    [SkippableFact]
    public async Task A_bomb_behind_the_end_mark_stops_at_the_size_limit()
    {
        using var place = new Unpacking();
        byte[] tar = [.. new TarBuilder().File("a", "1").ToArray(), .. new byte[4 << 20]];
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted, "larger than", () => place.RunAsync(tar, new LayerLimits { UnpackedBytes = 1 << 20 }));
    }

    [SkippableFact]
    public async Task A_zstd_window_beyond_the_limit_is_refused()
    {
        using var place = new Unpacking();

        // A frame of unknown size whose descriptor asks for a window of 2 GiB: magic, descriptor 0, window 0xA8, an empty last block.
        byte[] blob = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
        TestLayer layer = TestLayer.Of(blob, LayerFormat.Plain);
        var source = new LayerSource(layer.Digest, layer.DiffId, blob.Length, "application/vnd.oci.image.layer.v1.tar+zstd");
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "too much memory", () => place.RunAsync(blob, source));
    }

    [SkippableFact]
    [Trait("CVE", "2025-58183")]
    public async Task A_huge_PAX_record_is_refused_before_it_is_read()
    {
        using var place = new Unpacking();
        byte[] tar = new TarBuilder().Add(new TarEntry("PaxHeaders/x", 'x') { ClaimedSize = 1L << 40 }).ToArray();
        await place.RefusesAsync(ErrorKind.ResourceExhausted, "extended header", () => place.RunAsync(tar));
    }

    [SkippableFact]
    public async Task A_huge_GNU_long_name_is_refused_before_it_is_read()
    {
        using var place = new Unpacking();
        byte[] tar = new TarBuilder().Add(new TarEntry("././@LongLink", 'L') { ClaimedSize = 1L << 30 }).ToArray();
        await place.RefusesAsync(ErrorKind.ResourceExhausted, "extended header", () => place.RunAsync(tar));
    }

    [SkippableTheory]
    [InlineData("a", '0', long.MaxValue, ErrorKind.ResourceExhausted)]
    [InlineData(".wh.a", '0', long.MaxValue, ErrorKind.ResourceExhausted)]
    [InlineData("global", 'g', long.MaxValue, ErrorKind.ResourceExhausted)]
    [InlineData("a", '0', -512L, ErrorKind.FailedPrecondition)]
    [InlineData("global", 'g', -512L, ErrorKind.FailedPrecondition)]
    public async Task A_size_that_no_disk_holds_is_refused_before_it_is_added_to(string name, char type, long size, ErrorKind kind)
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            kind, "the tar has an entry of", () => place.RunAsync(tar => tar.Add(new TarEntry(name, type) { ClaimedSize = size }).File("b", "1")));
    }

    [SkippableTheory]
    [Trait("CVE", "2025-58183")]
    [InlineData("GNU.sparse.map", "0,1")]
    [InlineData("GNU.sparse.major", "1")]
    [InlineData("GNU.sparse.numblocks", "9999999999")]
    public async Task A_PAX_sparse_file_is_refused(string key, string value)
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "sparse", () => place.RunAsync(tar => tar.Add(new TarEntry("a", '0') { Pax = [new(key, value)] })));
    }

    [SkippableFact]
    [Trait("CVE", "2025-58183")]
    public async Task A_GNU_sparse_file_is_refused()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "sparse", () => place.RunAsync(tar => tar.Add(new TarEntry("a", 'S'))));
    }

    [SkippableFact]
    public async Task Too_many_or_too_large_attributes_are_refused()
    {
        using var place = new Unpacking();
        var many = Enumerable.Range(0, 65).ToDictionary(i => $"user.a{i}", _ => Array.Empty<byte>());
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted, "attributes", () => place.RunAsync(tar => tar.Add(new TarEntry("a", '0') { Attributes = many })));
        var large = new Dictionary<string, byte[]> { ["user.a"] = new byte[65537] };
        await place.RefusesAsync(
            ErrorKind.ResourceExhausted, "attributes", () => place.RunAsync(tar => tar.Add(new TarEntry("a", '0') { Attributes = large })));
    }

    [SkippableTheory]
    [InlineData("5 path=x\n")]
    [InlineData("999 path=x\n")]
    [InlineData("x path=x\n")]
    [InlineData("10 path=x\nzz")]
    [InlineData("8 nothing")]
    [InlineData("99999999999999999999 path=x\n")]
    public async Task A_malformed_PAX_record_is_refused(string records)
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition,
            "PAX record",
            () => place.RunAsync(tar => tar.Add(new TarEntry("p", 'x') { Data = Encoding.ASCII.GetBytes(records) }).File("a", "1")));
    }
}
