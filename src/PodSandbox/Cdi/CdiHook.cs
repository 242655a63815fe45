namespace Keelson.Sandboxes.Cdi;

/// <summary>A program that would run at a moment of the container's life.</summary>
internal sealed record CdiHook
{
    public string HookName { get => field ?? string.Empty; init; } = string.Empty;

    public string Path { get => field ?? string.Empty; init; } = string.Empty;

    public IReadOnlyList<string> Args { get => field ?? []; init; } = [];

    public IReadOnlyList<string> Env { get => field ?? []; init; } = [];

    public int? Timeout { get; init; }
}
