using System.Text.Json;

namespace Keelson.Sandboxes.Cdi;

/// <summary>What a device changes about a container.</summary>
internal sealed record CdiEdits
{
    internal static CdiEdits None { get; } = new();

    /// <summary><c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get => field ?? []; init; } = [];

    public IReadOnlyList<CdiDeviceNode> DeviceNodes { get => field ?? []; init; } = [];

    public IReadOnlyList<CdiMount> Mounts { get => field ?? []; init; } = [];

    public IReadOnlyList<CdiHook> Hooks { get => field ?? []; init; } = [];

    /// <summary>Read only as far as to know whether it is there.</summary>
    public JsonElement? IntelRdt { get; init; }

    public IReadOnlyList<uint> AdditionalGids { get => field ?? []; init; } = [];

    internal bool IsEmpty =>
        Env.Count == 0 && DeviceNodes.Count == 0 && Mounts.Count == 0 && Hooks.Count == 0 && IntelRdt is null && AdditionalGids.Count == 0;
}
