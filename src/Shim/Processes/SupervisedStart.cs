namespace Keelson.Shim.Processes;

/// <summary>What is known of a process when it starts.</summary>
internal readonly struct SupervisedStart
{
    public required int Pid { get; init; }

    public required long StartedAtNanoseconds { get; init; }

    /// <summary>The OOM counter before the start: a cgroup may have seen other processes.</summary>
    public required long OomBaseline { get; init; }
}
