using System.Collections.Immutable;

namespace Keelson.Core;

/// <summary>
/// What an image says about running it (OCI image-spec, <c>config</c>). Image labels are left out on purpose: they
/// must never reach a place where the runtime reads its own settings (GHSA-xhf5-7wjv-pqxp).
/// </summary>
public sealed record ImageRunConfig
{
    /// <summary>Nothing set.</summary>
    public static ImageRunConfig Empty { get; } = new();

    /// <summary><c>Entrypoint</c>.</summary>
    public ImmutableArray<string> Entrypoint { get; init; } = [];

    /// <summary><c>Cmd</c>: arguments of the entry point, or the command where there is none.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary><c>Env</c>: <c>NAME=value</c> each.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary><c>WorkingDir</c>; empty means <c>/</c>.</summary>
    public string WorkingDirectory { get; init; } = string.Empty;

    /// <summary><c>User</c>: <c>user</c>, <c>uid</c>, <c>user:group</c>...; empty means root.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary><c>StopSignal</c>: a name or a number; empty means SIGTERM.</summary>
    public string StopSignal { get; init; } = string.Empty;

    /// <summary>The keys of <c>Volumes</c>.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];
}
