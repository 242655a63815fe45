using System.Collections.Immutable;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.TestKit;
using Microsoft.Extensions.Logging;
using Service = Keelson.Images.ImageService;

namespace Keelson.ImageService.Tests.Pull;

/// <summary>An image service on a directory of its own, that can be closed and opened again as a restart would.</summary>
internal sealed class ImageHost : IDisposable, ILayerUsers
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new("images");
    private readonly Func<ImageServiceOptions, ImageServiceOptions> _configure;
    private readonly string _root;

    internal ImageHost(Func<ImageServiceOptions, ImageServiceOptions>? configure = null, string? root = null)
    {
        _configure = configure ?? (options => options);
        _root = root ?? _directory.Sub("state");
        Service = Open();
        Service.CollectLayers();
    }

    internal Service Service { get; private set; }

    internal LogCollector Log { get; } = new();

    /// <summary>What containers would stand on.</summary>
    internal HashSet<Digest> Used { get; } = [];

    internal string Root => _root;

    internal string[] LayerDirectories =>
        [.. Directory.EnumerateDirectories($"{_root}/layers").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public IReadOnlySet<Digest> ChainIdsInUse() => Used;

    internal Task<Digest> PullAsync(string image, RegistryCredentials? credentials = null, CancellationToken cancellationToken = default) =>
        Service.PullAsync(new PullRequest(image, credentials), cancellationToken).WaitAsync(Limit, cancellationToken);

    internal async Task<KeelsonException> FailToPullAsync(string image, RegistryCredentials? credentials = null) =>
        await Assert.ThrowsAsync<KeelsonException>(() => PullAsync(image, credentials));

    internal ImageRecord Get(Digest id) => Service.Find(id.Value) ?? throw new InvalidOperationException($"no image {id}");

    /// <summary>The directory of a layer of an image, counted from the lowest.</summary>
    internal string LayerTree(Digest id, int index)
    {
        using ImageLease lease = Service.Acquire(id.Value);
        return lease.Image.Layers[^(index + 1)].Directory.Value;
    }

    /// <summary>Opens the store anew, as a restarted daemon does.</summary>
    /// <param name="containersAreKnown">Whether it has got as far as to know its containers.</param>
    internal void Restart(bool containersAreKnown = true)
    {
        Service.Dispose();
        Service = Open();
        if (containersAreKnown)
        {
            Service.CollectLayers();
        }
    }

    /// <summary>Waits until nothing is left of unfinished or removed layers.</summary>
    internal Task SettleAsync() => Eventually.IsTrueAsync(
        "no temporary layer directories", () => LayerDirectories.All(name => !name.StartsWith('.')), Limit);

    internal async Task AssertEmptyAsync()
    {
        await Eventually.IsTrueAsync("no layer directories", () => LayerDirectories.Length == 0, Limit);
        Assert.Empty(Service.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{_root}/images"));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{_root}/content"));
    }

    public void Dispose()
    {
        // Removed layers go in the background; nobody may pull the directory from under that.
        Service.Dispose();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                _directory.Dispose();
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(20);
            }
        }
    }

    private Service Open() => Service.Open(
        _configure(new ImageServiceOptions { Root = HostPath.Parse(_root), ProgressTimeout = TimeSpan.FromSeconds(20) }),
        this,
        TimeProvider.System,
        new Logger<Service>(Log));

    private sealed class Logger<T>(ILogger inner) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
