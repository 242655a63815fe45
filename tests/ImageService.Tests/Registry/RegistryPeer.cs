using System.Collections.Immutable;
using Keelson.Core;
using Keelson.ImageService.Tests.Fakes;
using Keelson.Images;
using Keelson.Images.References;
using Keelson.Images.Registry;

namespace Keelson.ImageService.Tests.Registry;

/// <summary>The registry client as a pull uses it, with short patience and all its log lines kept.</summary>
internal sealed class RegistryPeer : IDisposable
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(1);

    private readonly RegistryTransport _transport = new(TimeSpan.FromSeconds(5));
    private readonly ImageReference _reference;
    private readonly RegistrySession _session;

    internal RegistryPeer(
        string image, RegistryCredentials? credentials = null, RegistryOptions? registry = null, TimeSpan? patience = null)
    {
        _reference = ImageReference.Parse(image);
        var options = new ImageServiceOptions
        {
            Root = HostPath.Parse("/nonexistent"),
            ProgressTimeout = patience ?? TimeSpan.FromSeconds(20),
            Registries = registry is null
                ? ImmutableDictionary<string, RegistryOptions>.Empty
                : ImmutableDictionary<string, RegistryOptions>.Empty.Add(_reference.Host, registry),
        };
        Patience = options.ProgressTimeout;
        _session = new RegistrySession(_reference, options, credentials, _transport, TimeProvider.System, Log);
    }

    internal LogCollector Log { get; } = new();

    private TimeSpan Patience { get; }

    /// <summary>As a mirror of the reference's host.</summary>
    internal static RegistryOptions Mirrors(params string[] addresses) => new() { Mirrors = [.. addresses.Select(a => new Uri(a))] };

    internal Task<RemoteImage> ResolveAsync() =>
        new ManifestResolver(_session, _reference, Platform.Node).ResolveAsync(CancellationToken.None).WaitAsync(Limit);

    internal async Task<KeelsonException> FailAsync() => await Assert.ThrowsAsync<KeelsonException>(ResolveAsync);

    internal async Task<byte[]> ReadBlobAsync(Digest digest)
    {
        await using var blob = new BlobStream(_session, digest.Value, Patience);
        await blob.OpenAsync(CancellationToken.None).WaitAsync(Limit);
        using var content = new MemoryStream();
        await blob.CopyToAsync(content).WaitAsync(Limit);
        return content.ToArray();
    }

    public void Dispose()
    {
        _session.Dispose();
        _transport.Dispose();
    }
}
