namespace Keelson.Sandboxes;

/// <summary>What changes about a container; see <see cref="ContainerState"/>.</summary>
public sealed record ContainerStatus
{
    public required ContainerState State { get; init; }

    /// <summary>Unix time; 0 before the start.</summary>
    public long StartedAtNanoseconds { get; init; }

    /// <summary>Unix time; 0 until it has ended.</summary>
    public long FinishedAtNanoseconds { get; init; }

    public int ExitCode { get; init; }

    /// <summary><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>StartError</c>, <c>ContainerCannotRun</c>, <c>Unknown</c> or empty.</summary>
    public string Reason { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Text for people, above all why a start failed.</summary>
    public string Message { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Host process id while it runs, else 0.</summary>
    public int Pid { get; init; }

    /// <summary>The limits in force: the request's with later updates.</summary>
    public LinuxResources Resources { get => field ?? LinuxResources.None; init; } = LinuxResources.None;
}
