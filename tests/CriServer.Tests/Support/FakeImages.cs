using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images;

namespace Keelson.CriServer.Tests.Support;

/// <summary>Images in memory, found by id or by tag.</summary>
internal sealed class FakeImages : IImageService
{
    internal static Digest Busybox { get; } = Digest.Parse("sha256:" + new string('b', 64));

    internal List<ImageRecord> Records { get; } = [];

    internal List<PullRequest> Pulled { get; } = [];

    internal List<string> Removed { get; } = [];

    internal Exception? PullFailure { get; set; }

    internal static ImageRecord Record(string tag, string user = "") => new()
    {
        Id = Busybox,
        ManifestDigest = Busybox,
        RepoTags = [tag],
        RepoDigests = [$"{tag.Split(':')[0]}@{Busybox}"],
        ChainIds = [Busybox],
        SizeBytes = 4096,
        CreatedAtNanoseconds = 1,
        Config = new ImageRunConfig { User = user },
    };

    public Task<Digest> PullAsync(PullRequest request, CancellationToken cancellationToken)
    {
        Pulled.Add(request);
        return PullFailure is null ? Task.FromResult(Busybox) : throw PullFailure;
    }

    public ImageRecord? Find(string imageSpec) => Records.Find(r => r.Id.Value == imageSpec || r.RepoTags.Contains(imageSpec));

    public ImmutableArray<ImageRecord> List() => [.. Records];

    public Task RemoveAsync(string imageSpec, CancellationToken cancellationToken)
    {
        Removed.Add(imageSpec);
        return Task.CompletedTask;
    }

    public ImageFsUsage Usage() => new(HostPath.Parse("/var/lib/keelson/layers"), 10, 2, 3);

    public ImageLease Acquire(string imageSpec) => throw new KeelsonException(ErrorKind.NotFound, $"image '{imageSpec}': not found");

    public Task<string> ConfigAsync(ImageRecord image, CancellationToken cancellationToken) => Task.FromResult("{\"os\":\"linux\"}");

    public ImmutableArray<PullProgress> PullsUnderWay() => [];
}
