namespace Keelson.Sandboxes.Cdi;

/// <summary>A device node that a container gets.</summary>
internal sealed record CdiDeviceNode
{
    /// <summary>In the container.</summary>
    public string Path { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Empty: the same as <see cref="Path"/>.</summary>
    public string HostPath { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary><c>b</c>, <c>c</c>, <c>u</c> or <c>p</c>; empty: that of the host's node.</summary>
    public string Type { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Zero: both numbers are those of the host's node.</summary>
    public long Major { get; init; }

    public long Minor { get; init; }

    public uint? FileMode { get; init; }

    /// <summary>Letters of <c>rwm</c>, or <c>none</c>; empty means all three.</summary>
    public string Permissions { get => field ?? string.Empty; init; } = string.Empty;

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }
}
