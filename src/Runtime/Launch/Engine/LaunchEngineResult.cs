using Keelson.Linux;

namespace Keelson.Oci.Launch.Engine;

/// <summary>How a launch ended: a running process, or the step that failed.</summary>
public readonly struct LaunchEngineResult
{
    /// <summary>The process id as this process sees it; 0 when the launch failed.</summary>
    public int Pid { get; init; }

    /// <summary>The process; null when the launch failed. The caller owns it.</summary>
    public SafeFd? PidFd { get; init; }

    /// <summary>Index into <c>LaunchPlan.Steps</c>; -1 when the launch succeeded.</summary>
    public int FailedStep { get; init; }

    /// <summary>
    /// errno of the failed step; ETIMEDOUT when the child was killed for taking too long; 0 when the child died during
    /// the step (killed, or out of memory) or the step did less than it was asked.
    /// </summary>
    public int Errno { get; init; }

    /// <summary>Whether the process runs.</summary>
    public bool Launched => Pid > 0;

    internal static LaunchEngineResult Failed(int step, Errno errno) => new() { FailedStep = step, Errno = (int)errno };
}
