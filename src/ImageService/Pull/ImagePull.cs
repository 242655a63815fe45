using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Images.References;
using Keelson.Images.Registry;
using Keelson.Images.Store;
using Keelson.Linux;

namespace Keelson.Images.Pull;

/// <summary>
/// One pull, from a reference to an image on record.
/// </summary>
/// <remarks>
/// Steps: 1 resolve the manifest and config; 2 pin the layers; 3 download and unpack the missing ones side by side (each
/// is a directory of its own, so their order does not matter), and fit them together; 4 sync the file system once;
/// 5 publish the record.
/// A crash before step 5 leaves directories that no record names; the next start sweeps them.
/// </remarks>
internal sealed class ImagePull
{
    private readonly ImageReference _reference;
    private readonly RegistrySession _session;
    private readonly ImageServiceOptions _options;
    private readonly StoreLayout _layout;
    private readonly LayerStore _layers;
    private readonly ImageStore _images;
    private readonly TimeProvider _time;
    private readonly PullMeter _meter;

    internal ImagePull(
        ImageReference reference, RegistrySession session, ImageServiceOptions options, StoreLayout layout,
        (LayerStore Layers, ImageStore Images) stores, TimeProvider time, PullMeter meter)
    {
        _reference = reference;
        _session = session;
        _options = options;
        _layout = layout;
        (_layers, _images) = stores;
        _time = time;
        _meter = meter;
    }

    /// <summary>Runs the pull; returns the image id.</summary>
    internal async Task<Digest> RunAsync(CancellationToken cancellationToken)
    {
        // Step 1: manifest and config.
        RemoteImage remote = await new ManifestResolver(_session, _reference, Platform.Node).ResolveAsync(cancellationToken);

        // Step 2: from here on nothing collects what this pull finds or makes.
        ImmutableArray<Digest> chainIds = ChainIds.Of(ImmutableArray.CreateRange(remote.Layers, layer => layer.DiffId));
        using LayerPins pins = _layers.Pin(chainIds);

        // Step 3: the layers.
        long size = await FetchLayersAsync(remote, chainIds, cancellationToken);

        // Steps 3 and 4: fit the layers together; then the one sync point. Before the record names the layers their data
        // must survive a power cut.
        _meter.Publishing();
        await Task.Factory.StartNew(
            () =>
            {
                _layers.Join(chainIds);
                MountedFileSystem.Sync(_layout.Layers);
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Step 5: the record.
        var image = new ImageRecord
        {
            Id = remote.ConfigDigest,
            ManifestDigest = remote.ManifestDigest,
            RepoTags = _reference.RepoTag is { } tag ? [tag] : [],
            RepoDigests = [_reference.RepoDigest(remote.TargetDigest)],
            ChainIds = chainIds,
            SizeBytes = size + remote.Manifest.Length + remote.Config.Length,
            CreatedAtNanoseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            Config = RunConfigReader.Read(remote.ConfigFile),
            Labels = RunConfigReader.Labels(remote.ConfigFile),
        };
        await _images.PublishAsync(
            image, [(remote.ManifestDigest, remote.Manifest), (remote.ConfigDigest, remote.Config)], cancellationToken);
        return image.Id;
    }

    private async Task<long> FetchLayersAsync(RemoteImage remote, ImmutableArray<Digest> chainIds, CancellationToken cancellationToken)
    {
        long size = 0;
        var missing = new long[chainIds.Length];
        for (int i = 0; i < missing.Length; i++)
        {
            missing[i] = _layers.Find(chainIds[i]) is null ? remote.Layers[i].Size : 0;
        }

        _meter.Downloading(missing);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ConcurrentLayers, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, chainIds.Length, parallel, async (i, token) =>
        {
            LayerSource source = remote.Layers[i];
            LayerFile layer = await _layers.EnsureAsync(chainIds[i], source, t => OpenAsync(source, t), _meter.ForLayer(i), token);
            _meter.LayerDone(i);
            Interlocked.Add(ref size, layer.Bytes);
        });
        return size;
    }

    private async Task<Stream> OpenAsync(LayerSource layer, CancellationToken cancellationToken) =>
        await new BlobStream(_session, layer.Digest.Value, _options.ProgressTimeout).OpenAsync(cancellationToken);
}
