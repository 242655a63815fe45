using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Images.Pull;
using Keelson.Images.References;
using Keelson.Images.Registry;
using Keelson.Images.Store;
using Microsoft.Extensions.Logging;

namespace Keelson.Images;

/// <inheritdoc cref="IImageService"/>
public sealed partial class ImageService : IImageService, IDisposable
{
    private const int AcquireAttempts = 10;

    // Layers left by a failed pull serve the next attempt, which the kubelet makes within this time.
    private static readonly TimeSpan CollectInterval = TimeSpan.FromMinutes(6);

    private readonly ImageServiceOptions _options;
    private readonly ILayerUsers _users;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly StoreLayout _layout;
    private readonly RegistryTransport _transport;
    private readonly LayerStore _layers;
    private readonly ImageStore _images;
    private readonly SharedWork<PullRequest, Digest> _pulls = new();
    private readonly ConcurrentDictionary<PullMeter, byte> _meters = new();
    private ITimer? _collector;

    private ImageService(ImageServiceOptions options, ILayerUsers users, TimeProvider time, ILogger log)
    {
        _options = options;
        _users = users;
        _time = time;
        _log = log;
        _layout = new StoreLayout(options.Root);
        _transport = new RegistryTransport(options.ConnectTimeout);
        _layers = new LayerStore(_layout, new LayerUnpacker(new LayerLimits()), log);
        _images = new ImageStore(_layout, new PinnedImages(options.PinnedImages), log);
    }

    /// <summary>Opens the store below the configured root, making it where it is missing.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="users">Who stands on layers; not asked before <see cref="CollectLayers"/> is called.</param>
    /// <param name="time">Clock of retries and records.</param>
    /// <param name="log">Where warnings go.</param>
    public static ImageService Open(ImageServiceOptions options, ILayerUsers users, TimeProvider time, ILogger<ImageService> log)
    {
        var service = new ImageService(options, users, time, log);
        service._layout.Create();
        service._layers.Load();
        service._images.Load(chainId => service._layers.Find(chainId) is not null);
        return service;
    }

    /// <summary>
    /// Deletes the layers that neither an image, nor a pull, nor a container stands on, now and from now on. To be called
    /// once the containers are known: until then no layer is deleted, whoever is removed.
    /// </summary>
    public void CollectLayers()
    {
        if (_collector is null)
        {
            // Containers go without a word to us; what they stood on is found by looking again.
            ITimer timer = _time.CreateTimer(_ => Collect(), null, CollectInterval, CollectInterval);
            if (Interlocked.CompareExchange(ref _collector, timer, null) is not null)
            {
                timer.Dispose();
            }
        }

        Collect();
    }

    /// <inheritdoc/>
    public async Task<Digest> PullAsync(PullRequest request, CancellationToken cancellationToken)
    {
        ImageReference reference = ImageReference.Parse(request.Image);

        // Equal means equal credentials too: one caller's right to an image must not serve another.
        PullRequest key = request with { Image = reference.ToString() };
        return await _pulls.RunAsync(key, token => PullOnceAsync(reference, request.Credentials, token), cancellationToken);
    }

    /// <inheritdoc/>
    public ImageRecord? Find(string imageSpec) => _images.Catalog.Find(imageSpec);

    /// <inheritdoc/>
    public ImmutableArray<ImageRecord> List() => _images.Catalog.Images;

    /// <inheritdoc/>
    public async Task RemoveAsync(string imageSpec, CancellationToken cancellationToken)
    {
        if (Find(imageSpec) is { } image && await _images.RemoveAsync(image.Id, cancellationToken))
        {
            LogRemoved(image.Id, string.Join(", ", image.RepoTags));
            Collect();
        }
    }

    /// <inheritdoc/>
    public ImageFsUsage Usage()
    {
        (long bytes, long inodes) = _layers.Usage();
        return new ImageFsUsage(_layout.Layers, bytes, inodes, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
    }

    /// <inheritdoc/>
    public ImageLease Acquire(string imageSpec)
    {
        for (int attempt = 0; attempt < AcquireAttempts; attempt++)
        {
            ImageRecord image = Find(imageSpec) ?? throw NotFound(imageSpec);
            LayerPins pins = _layers.Pin(image.ChainIds);
            if (_images.Catalog.ById(image.Id) is not null && image.ChainIds.All(chainId => _layers.Find(chainId) is not null))
            {
                return new ImageLease(Resolve(image), pins.Dispose);
            }

            // Removed, and perhaps pulled again, between the look-up and the pin: look again.
            pins.Dispose();
        }

        throw new KeelsonException(ErrorKind.Unavailable, $"image '{imageSpec}': its layers are being removed");
    }

    /// <inheritdoc/>
    public async Task<string> ConfigAsync(ImageRecord image, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(_layout.Blob(image.Id).Value, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            throw NotFound(image.Id.Value);
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<PullProgress> PullsUnderWay() => [.. _meters.Keys.Select(meter => meter.Progress())];

    /// <inheritdoc/>
    public void Dispose()
    {
        _collector?.Dispose();
        _transport.Dispose();
    }

    private void Collect()
    {
        if (_collector is not null)
        {
            _layers.Collect(() =>
            {
                HashSet<Digest> used = [.. _users.ChainIdsInUse()];
                foreach (ImageRecord image in _images.Catalog.Images)
                {
                    used.UnionWith(image.ChainIds);
                }

                return used.Contains;
            });
        }
    }

    private static KeelsonException NotFound(string imageSpec) => new(ErrorKind.NotFound, $"image '{imageSpec}': not found");

    private async Task<Digest> PullOnceAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        DateTimeOffset begin = _time.GetUtcNow();
        var meter = new PullMeter(reference.ToString(), begin);
        _meters.TryAdd(meter, 0);
        try
        {
            using var session = new RegistrySession(reference, _options, credentials, _transport, _time, _log);
            Digest id = await new ImagePull(reference, session, _options, _layout, (_layers, _images), _time, meter).RunAsync(cancellationToken);
            LogPulled(reference.ToString(), id, meter.Progress().BytesTotal, (_time.GetUtcNow() - begin).TotalSeconds);
            return id;
        }
        catch (KeelsonException e)
        {
            LogPullFailed(reference.ToString(), e.Message);
            throw;
        }
        catch (IOException e)
        {
            // The stream of a layer broke for good, or the disk did.
            LogPullFailed(reference.ToString(), e.Message);
            throw PullFailures.Of(reference.ToString(), e);
        }
        finally
        {
            _meters.TryRemove(meter, out _);
            if (cancellationToken.IsCancellationRequested)
            {
                Collect();
            }
        }
    }

    private ResolvedImage Resolve(ImageRecord image)
    {
        // The topmost first, as overlayfs wants them.
        var layers = ImmutableArray.CreateBuilder<ImageLayer>(image.ChainIds.Length);
        for (int i = image.ChainIds.Length - 1; i >= 0; i--)
        {
            layers.Add(new ImageLayer(image.ChainIds[i], _layout.LayerTree(image.ChainIds[i])));
        }

        return new(image.Id, image.RepoDigests.Length > 0 ? image.RepoDigests[0] : image.Id.Value, layers.MoveToImmutable(), image.Config);
    }
}
