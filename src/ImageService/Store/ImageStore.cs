using System.Collections.Immutable;
using System.Text.Json;
using Keelson.Core;
using Keelson.Images.Pull;
using Keelson.Images.Registry.Model;
using Keelson.Linux;
using Microsoft.Extensions.Logging;

namespace Keelson.Images.Store;

/// <summary>
/// The images on record. A record is on disk before the catalog shows it, and gone from the catalog before its files
/// are deleted.
/// </summary>
internal sealed partial class ImageStore
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly StoreLayout _layout;
    private readonly PinnedImages _pinned;
    private readonly ILogger _log;

    // One writer at a time; readers take _catalog as it is.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile ImageCatalog _catalog = ImageCatalog.Empty;

    internal ImageStore(StoreLayout layout, PinnedImages pinned, ILogger log)
    {
        _layout = layout;
        _pinned = pinned;
        _log = log;
    }

    /// <summary>The current view.</summary>
    internal ImageCatalog Catalog => _catalog;

    /// <summary>Reads the records on disk. A broken one is put aside with a warning; its image is pulled again when wanted.</summary>
    internal void Load(Func<Digest, bool> hasLayer)
    {
        var images = new List<ImageRecord>();
        foreach (string path in Directory.EnumerateFiles(_layout.Images.Value))
        {
            if (path.EndsWith(WholeFile.TemporarySuffix, StringComparison.Ordinal))
            {
                File.Delete(path);
            }
            else if (path.EndsWith(".json", StringComparison.Ordinal))
            {
                Admit(path, hasLayer, images);
            }
        }

        _catalog = ImageCatalog.Empty.With(images);
        RemoveStrayBlobs();
    }

    /// <summary>
    /// Publishes an image under a name. The name leaves any other image that carried it; an image already on record
    /// keeps its other names.
    /// </summary>
    /// <param name="image">With the one tag or digest it was pulled by.</param>
    /// <param name="blobs">Manifest and config.</param>
    /// <param name="cancellationToken">Ends the waiting for other writers, not the write.</param>
    internal async Task PublishAsync(
        ImageRecord image, IReadOnlyList<(Digest Digest, byte[] Bytes)> blobs, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            foreach ((Digest digest, byte[] bytes) in blobs)
            {
                await WriteAsync(_layout.Blob(digest), bytes);
            }

            ImageCatalog catalog = _catalog;
            foreach (ImageRecord other in catalog.Images.Where(other => other.Id != image.Id && other.RepoTags.Any(image.RepoTags.Contains)))
            {
                ImageRecord bereft = other with { RepoTags = [.. other.RepoTags.Except(image.RepoTags)] };
                await WriteAsync(bereft);
                catalog = catalog.With(_pinned.Mark(bereft));
            }

            ImageRecord merged = catalog.ById(image.Id) is { } known ? Merge(known, image) : image;
            await WriteAsync(merged);
            _catalog = catalog.With(_pinned.Mark(merged));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Forgets an image; false when it was not on record.</summary>
    internal async Task<bool> RemoveAsync(Digest id, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_catalog.ById(id) is not { } image)
            {
                return false;
            }

            // The record first: whatever is left of an image without one is swept at the next start.
            File.Delete(_layout.ImageFile(id).Value);
            _catalog = _catalog.Without(id);
            if (!_catalog.Images.Any(other => other.ManifestDigest == image.ManifestDigest))
            {
                File.Delete(_layout.Blob(image.ManifestDigest).Value);
            }

            File.Delete(_layout.Blob(id).Value);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    private static ImageRecord Merge(ImageRecord known, ImageRecord image) => known with
    {
        RepoTags = [.. known.RepoTags.Union(image.RepoTags)],
        RepoDigests = [.. known.RepoDigests.Union(image.RepoDigests)],
        ManifestDigest = image.ManifestDigest,
    };

    private Task WriteAsync(ImageRecord image)
    {
        var file = new ImageFile(
            ImageFile.CurrentVersion,
            image.Id.Value,
            image.ManifestDigest.Value,
            [.. image.RepoTags],
            [.. image.RepoDigests],
            [.. ImmutableArray.CreateRange(image.ChainIds, chainId => chainId.Value)],
            image.SizeBytes,
            image.CreatedAtNanoseconds);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(file, StoreJson.Default.ImageFile);
        return WriteAsync(_layout.ImageFile(image.Id), json);
    }

    // Synchronising takes milliseconds, which no thread of a call should wait for.
    private static Task WriteAsync(HostPath path, byte[] content) =>
        Task.Run(() => WholeFile.Replace(path.Value, content, OwnerOnly, durable: true));

    private void Admit(string path, Func<Digest, bool> hasLayer, List<ImageRecord> images)
    {
        try
        {
            ImageRecord image = Read(path);
            Digest missing = image.ChainIds.FirstOrDefault(chainId => !hasLayer(chainId));
            if (missing != default)
            {
                throw new KeelsonException(ErrorKind.FailedPrecondition, $"layer {missing} is missing");
            }

            images.Add(_pinned.Mark(image));
        }
        catch (Exception e) when (e is KeelsonException or JsonException or IOException)
        {
            LogQuarantined(path, e.Message);
            File.Move(path, path + ".broken", overwrite: true);
        }
    }

    private ImageRecord Read(string path)
    {
        ImageFile? file = JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.ImageFile);
        if (file is not { Version: ImageFile.CurrentVersion })
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"format version {file?.Version} is not known");
        }

        Digest id = Digest.Parse(file.Id);
        byte[] config = File.ReadAllBytes(_layout.Blob(id).Value);
        ImageConfigFile configFile = JsonSerializer.Deserialize(config, RegistryJson.Default.ImageConfigFile)
            ?? throw new KeelsonException(ErrorKind.FailedPrecondition, "its config is null");
        return new ImageRecord
        {
            Id = id,
            ManifestDigest = Digest.Parse(file.ManifestDigest),
            RepoTags = [.. file.RepoTags],
            RepoDigests = [.. file.RepoDigests],
            ChainIds = [.. Array.ConvertAll(file.ChainIds, Digest.Parse)],
            SizeBytes = file.SizeBytes,
            CreatedAtNanoseconds = file.CreatedAtNanoseconds,
            Config = RunConfigReader.Read(configFile),
            Labels = RunConfigReader.Labels(configFile),
        };
    }

    private void RemoveStrayBlobs()
    {
        HashSet<string> wanted = [.. _catalog.Images.SelectMany(image => new[] { _layout.Blob(image.Id).Value, _layout.Blob(image.ManifestDigest).Value })];
        foreach (string path in Directory.EnumerateFiles(_layout.Content.Value).Where(path => !wanted.Contains(path)))
        {
            File.Delete(path);
        }
    }
}
