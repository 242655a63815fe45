using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Images.Registry.Model;

namespace Keelson.Images.Pull;

/// <summary>Takes from an image config what matters for running it.</summary>
internal static class RunConfigReader
{
    internal static ImageRunConfig Read(ImageConfigFile file) => file.Config is not { } config
        ? ImageRunConfig.Empty
        : new ImageRunConfig
        {
            Entrypoint = [.. config.Entrypoint ?? []],
            Command = [.. config.Cmd ?? []],
            Environment = [.. config.Env ?? []],
            WorkingDirectory = config.WorkingDir ?? string.Empty,
            User = config.User ?? string.Empty,
            StopSignal = config.StopSignal ?? string.Empty,
            Volumes = [.. config.Volumes?.Keys ?? Enumerable.Empty<string>()],
        };

    internal static ImmutableDictionary<string, string> Labels(ImageConfigFile file) =>
        file.Config?.Labels?.ToImmutableDictionary(StringComparer.Ordinal) ?? ImmutableDictionary<string, string>.Empty;
}
