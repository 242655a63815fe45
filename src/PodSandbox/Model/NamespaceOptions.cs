namespace Keelson.Sandboxes;

/// <summary>Namespace sharing; the kubelet compares what status reports with what it asked for, so it is kept as given.</summary>
public sealed record NamespaceOptions
{
    public NamespaceMode Network { get; init; }

    public NamespaceMode Pid { get; init; }

    public NamespaceMode Ipc { get; init; }

    /// <summary>The container whose PID namespace is joined with <see cref="NamespaceMode.Target"/>; else empty.</summary>
    public string TargetId { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Null when the request had none.</summary>
    public UserNamespaceOptions? UserNamespace { get; init; }
}
