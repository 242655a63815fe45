using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Images;

/// <summary>Settings of the image service.</summary>
public sealed record ImageServiceOptions
{
    /// <summary>Directory that holds <c>content</c>, <c>layers</c> and <c>images</c>.</summary>
    public required HostPath Root { get; init; }

    /// <summary>Settings per registry host as it stands in references (<c>docker.io</c>, <c>localhost:5000</c>).</summary>
    public ImmutableDictionary<string, RegistryOptions> Registries { get; init; } =
        ImmutableDictionary<string, RegistryOptions>.Empty;

    /// <summary>Layers of one pull that are downloaded and unpacked at the same time.</summary>
    public int ConcurrentLayers { get; init; } = 4;

    /// <summary>How long one host may send nothing before it counts as dead.</summary>
    public TimeSpan ProgressTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// References the kubelet must not collect: exact, or a prefix with a final <c>*</c>. Compared with normalised tags.
    /// </summary>
    public ImmutableArray<string> PinnedImages { get; init; } = [];

    /// <summary>Sent as <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "keelson";
}
