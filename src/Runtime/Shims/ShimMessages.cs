using System.Collections.Immutable;

namespace Keelson.Oci.Shims;

/// <summary>What to launch and what to do with its output and its end.</summary>
public sealed record LaunchRequest
{
    /// <summary>The name the process goes by afterwards: the container or sandbox id.</summary>
    public required string ProcessId { get; init; }

    /// <summary>The compiled plan (<c>LaunchPlan.Image</c>): versioned, position independent, opaque to the protocol.</summary>
    public required ReadOnlyMemory<byte> Plan { get; init; }

    /// <summary>
    /// The process whose namespaces the plan joins by the target pidfd slot; null when it joins none that way.
    /// </summary>
    public string? TargetProcessId { get; init; }

    /// <summary>The CRI log file, opened O_NOFOLLOW|O_APPEND, mode 0640; null sends output to /dev/null.</summary>
    public string? LogPath { get; init; }

    /// <summary>Longest line, in bytes, before it is split with the partial tag.</summary>
    public int LogLineLimit { get; init; } = 16 * 1024;

    /// <summary>The pseudo-terminal that is stdin, stdout and stderr, if any.</summary>
    public LaunchTerminal Terminal { get; init; }

    /// <summary>Keeps a pipe open as stdin; otherwise stdin is /dev/null.</summary>
    public bool Stdin { get; init; }

    /// <summary>Directory of the process's cgroup whose OOM counter is read at exit (the memory controller on v1).</summary>
    public string? OomCgroup { get; init; }

    /// <summary>
    /// cgroup directory for SignalAsync(everyone) and for killing what is left after the main process ended; null for none.
    /// </summary>
    public string? KillCgroup { get; init; }

    /// <summary>File that receives the exit record, written to a temporary name and renamed; null for none.</summary>
    public string? ExitRecordPath { get; init; }

    /// <summary>
    /// Set when the plan runs a program that makes the process, writes its number here and ends, as OCI runtimes' create
    /// with <c>--pid-file</c> does; null when the plan becomes the process itself.
    /// </summary>
    public string? PidFile { get; init; }

    /// <summary>With <see cref="PidFile"/>: the plan of the program that starts the process once it is watched.</summary>
    public ReadOnlyMemory<byte> StartPlan { get; init; }
}

/// <summary>How a launch ended.</summary>
/// <param name="Pid">The process id on the host; 0 when the launch failed.</param>
/// <param name="StartedAtNanoseconds">Unix time of the successful execve.</param>
/// <param name="FailedStep">Index of the plan step that failed, -1 for none; the plan's own table names it.</param>
/// <param name="Errno">errno of the failed step, or 0.</param>
/// <param name="Error">A message where the failure is not a plan step (log file, terminal, memory); else null.</param>
public sealed record LaunchOutcome(int Pid, long StartedAtNanoseconds, int FailedStep, int Errno, string? Error)
{
    /// <summary>Whether the process runs.</summary>
    public bool Launched => Pid > 0;
}

/// <summary>The end of a process.</summary>
/// <param name="ProcessId">The name given at launch.</param>
/// <param name="ExitCode">0..255; 128 + n for a death by signal n.</param>
/// <param name="Signal">The signal it died of, or 0.</param>
/// <param name="OomKilled">Whether the kernel killed a process of its cgroup for memory.</param>
/// <param name="FinishedAtNanoseconds">Unix time.</param>
public sealed record ProcessExit(string ProcessId, int ExitCode, int Signal, bool OomKilled, long FinishedAtNanoseconds);

/// <summary>One process as the shim knows it.</summary>
/// <param name="ProcessId">The name given at launch.</param>
/// <param name="Pid">The process id on the host.</param>
/// <param name="StartedAtNanoseconds">Unix time.</param>
/// <param name="Exit">How it ended; null while it runs.</param>
public sealed record ShimProcess(string ProcessId, int Pid, long StartedAtNanoseconds, ProcessExit? Exit);

/// <summary>A command to run inside a running process's namespaces.</summary>
public sealed record ExecSyncRequest
{
    /// <summary>The running process (container id) whose namespaces and cgroup it joins.</summary>
    public required string TargetProcessId { get; init; }

    /// <summary>The compiled exec plan.</summary>
    public required ReadOnlyMemory<byte> Plan { get; init; }

    /// <summary>Time until everything the command started is killed; zero for none.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>
    /// Largest number of bytes kept of stdout and stderr together; the rest is read and dropped. Half of it is each one's
    /// own, so that one that floods leaves room for the other, whichever writes first.
    /// </summary>
    public int OutputLimit { get; init; } = Protocol.ShimProtocol.MaxOutputBytes;

    /// <summary>How long to wait for output that a background child keeps open after the command itself ended.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How an exec ended.</summary>
/// <param name="Launch">The launch; when it failed the rest is empty.</param>
/// <param name="ExitCode">0..255; 128 + n for a death by signal n.</param>
/// <param name="TimedOut">Whether the timeout killed it.</param>
/// <param name="Stdout">The beginning of what it wrote, up to the limit.</param>
/// <param name="Stderr">The beginning of what it wrote, up to the limit.</param>
public sealed record ExecSyncOutcome(LaunchOutcome Launch, int ExitCode, bool TimedOut, ImmutableArray<byte> Stdout, ImmutableArray<byte> Stderr);
