using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes.Cni;

/// <summary>Settings of the CNI executor.</summary>
internal sealed record CniOptions
{
    internal required HostPath ConfigDirectory { get; init; }

    internal required ImmutableArray<HostPath> PluginDirectories { get; init; }

    internal required HostPath CacheDirectory { get; init; }

    /// <summary>For all plugins of one ADD together.</summary>
    internal TimeSpan AddDeadline { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For all plugins of one DEL together; its own, as the request that led here may have run out of time.</summary>
    internal TimeSpan DelDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
