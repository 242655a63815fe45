using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Pull;

[Trait("needs", "root")]
public sealed class SharedPullTests
{
    private static readonly Action<TarBuilder> Base = tar => tar.File("base", new byte[200_000]);

    private static readonly TestImage Image = TestImage.Build().Layer(Base).Layer(tar => tar.File("top", "1")).Build();
    private static readonly TestImage Sibling = TestImage.Build().Layer(Base).Layer(tar => tar.File("top", "2")).Build();

    private static string BaseBlob => $"/blobs/{Image.Layers[0].Digest}";

    [SkippableFact]
    public async Task Equal_images_pulled_at_once_are_pulled_once()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();

        Digest[] ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => host.PullAsync(reference))));

        Assert.All(ids, id => Assert.Equal(Image.ConfigDigest, id));
        Assert.All(Image.Layers, layer => Assert.Equal(1, registry.CountOf("GET", layer.Digest.Value)));
        Assert.Single(host.Service.List());
    }

    [SkippableFact]
    public async Task A_layer_of_two_images_pulled_at_once_is_fetched_once()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string one = registry.Add(Image, "team/one");
        string two = registry.Add(Sibling, "team/two");
        using var host = new ImageHost();

        await Task.WhenAll(Task.Run(() => host.PullAsync(one)), Task.Run(() => host.PullAsync(two)));

        Assert.Equal(1, registry.CountOf("GET", BaseBlob));
        Assert.Equal(3, host.LayerDirectories.Length);
    }

    [SkippableFact]
    public async Task A_second_pull_asks_for_no_layer()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var host = new ImageHost();

        await host.PullAsync(reference);
        await host.PullAsync(reference);
        Assert.All(Image.Layers, layer => Assert.Equal(1, registry.CountOf("GET", layer.Digest.Value)));
    }

    [SkippableFact]
    public async Task Who_cancels_leaves_and_the_others_get_their_image()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        using var gate = new SemaphoreSlim(0);
        registry.HoldUntil(BaseBlob, gate);
        using var host = new ImageHost();
        using var leaving = new CancellationTokenSource();

        Task<Digest> first = host.PullAsync(reference, cancellationToken: leaving.Token);
        Task<Digest> second = host.PullAsync(reference);
        await Eventually.IsTrueAsync("the layer is being fetched", () => registry.CountOf("GET", BaseBlob) == 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.Release();

        Assert.Equal(Image.ConfigDigest, await second);
        Assert.Equal(1, registry.CountOf("GET", BaseBlob));
    }

    [SkippableFact]
    public async Task When_all_have_left_the_pull_ends_and_leaves_nothing()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string reference = registry.Add(Image);
        registry.First(1, BaseBlob, new FakeResponse(200, Image.Layers[0].Blob) { Cut = 100, Then = FakeEnding.Stall });
        using var host = new ImageHost();
        using var leaving = new CancellationTokenSource();

        Task<Digest>[] pulls = [.. Enumerable.Range(0, 3).Select(_ => host.PullAsync(reference, cancellationToken: leaving.Token))];
        await Eventually.IsTrueAsync("the layer is being fetched", () => registry.CountOf("GET", BaseBlob) == 1);
        await leaving.CancelAsync();
        foreach (Task<Digest> pull in pulls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        }

        await Eventually.IsTrueAsync("no pull is under way", () => host.Service.PullsUnderWay().IsEmpty);
        await host.AssertEmptyAsync();

        // And the next one is not spoiled by it.
        Assert.Equal(Image.ConfigDigest, await host.PullAsync(reference));
    }

    [SkippableFact]
    public async Task A_pull_that_waits_for_anothers_layer_survives_the_others_cancellation()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        string one = registry.Add(Image, "team/one");
        string two = registry.Add(Sibling, "team/two");
        using var gate = new SemaphoreSlim(0);
        registry.HoldUntil(BaseBlob, gate);
        using var host = new ImageHost();
        using var leaving = new CancellationTokenSource();

        Task<Digest> first = host.PullAsync(one, cancellationToken: leaving.Token);
        await Eventually.IsTrueAsync("the layer is being fetched", () => registry.CountOf("GET", BaseBlob) == 1);
        Task<Digest> second = host.PullAsync(two);
        await Eventually.IsTrueAsync("the second pull has its manifest", () => registry.CountOf("GET", Sibling.Layers[1].Digest.Value) == 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.Release(2);

        Assert.Equal(Sibling.ConfigDigest, await second);
    }

    [SkippableFact]
    public async Task A_pull_that_waits_for_anothers_layer_fetches_it_itself_when_the_other_fails()
    {
        Needs.Root();
        await using var bad = new FakeRegistry();
        string one = bad.Add(Image, "team/one");
        using var gate = new SemaphoreSlim(0);
        bad.HoldUntil(BaseBlob, gate);
        bad.Always(BaseBlob, FakeResponse.Of(403));
        await using var good = new FakeRegistry();
        string two = good.Add(Sibling, "team/two");
        using var host = new ImageHost();

        Task<Digest> first = host.PullAsync(one);
        await Eventually.IsTrueAsync("the layer is being fetched", () => bad.CountOf("GET", BaseBlob) == 1);
        Task<Digest> second = host.PullAsync(two);
        await Eventually.IsTrueAsync("the second pull has its manifest", () => good.CountOf("GET", Sibling.Layers[1].Digest.Value) == 1);
        gate.Release(4);

        Assert.Equal(ErrorKind.PermissionDenied, (await Assert.ThrowsAsync<KeelsonException>(() => first)).Kind);
        Assert.Equal(Sibling.ConfigDigest, await second);
    }

    [SkippableFact]
    public async Task One_callers_credentials_do_not_serve_another()
    {
        Needs.Root();
        await using var registry = new FakeRegistry();
        registry.RequireBasic("puller", "right");
        string reference = registry.Add(Image);
        using var host = new ImageHost();

        Task<Digest> entitled = host.PullAsync(reference, new RegistryCredentials { Username = "puller", Password = "right" });
        Task<Digest> guessing = host.PullAsync(reference, new RegistryCredentials { Username = "puller", Password = "wrong" });
        Task<Digest> anonymous = host.PullAsync(reference);

        Assert.Equal(Image.ConfigDigest, await entitled);
        Assert.Equal(ErrorKind.PermissionDenied, (await Assert.ThrowsAsync<KeelsonException>(() => guessing)).Kind);
        Assert.Equal(ErrorKind.PermissionDenied, (await Assert.ThrowsAsync<KeelsonException>(() => anonymous)).Kind);
    }
}
