using System.Security.Cryptography;
using Keelson.Images.Layers;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

[Trait("needs", "root")]
[Collection(AloneCollection.Name)]
public sealed class UnpackMemoryTests
{
    private const int LayerBytes = 24 * 1024 * 1024;

    [SkippableFact]
    public async Task An_unpack_leaves_no_buffers_behind()
    {
        // The first time there is more that stays: code, thread pool, the decoder's tables.
        await UnpackAsync(LayerOf(1024));

        TestLayer layer = LayerOf(LayerBytes);
        await Task.Yield();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await UnpackAsync(layer);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(layer);

        Assert.InRange(kept, long.MinValue, 512 * 1024);
    }

    private static TestLayer LayerOf(int bytes) => TestLayer.Of(new TarBuilder().File("a", RandomNumberGenerator.GetBytes(bytes)).ToArray());

    private static async Task UnpackAsync(TestLayer layer)
    {
        using var place = new Unpacking();
        await place.RunAsync(layer.Blob, Unpacking.SourceOf(layer));
    }
}
