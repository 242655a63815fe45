namespace Keelson.Sandboxes.Cdi;

/// <summary>A mount that a container gets.</summary>
internal sealed record CdiMount
{
    public string HostPath { get => field ?? string.Empty; init; } = string.Empty;

    public string ContainerPath { get => field ?? string.Empty; init; } = string.Empty;

    public IReadOnlyList<string> Options { get => field ?? []; init; } = [];

    /// <summary>Empty means a bind mount.</summary>
    public string Type { get => field ?? string.Empty; init; } = string.Empty;
}
