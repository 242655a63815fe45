namespace Keelson.Linux;

/// <summary>How a child ended.</summary>
/// <param name="pid">Its process id.</param>
/// <param name="exitCode">0..255; 128 + n for a death by signal n.</param>
/// <param name="signal">The signal it died of, or 0.</param>
public readonly struct ChildExit(int pid, int exitCode, int signal)
{
    /// <summary>The process id it had; free for reuse now.</summary>
    public int Pid { get; } = pid;

    /// <summary>0..255; 128 + n for a death by signal n.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The signal it died of, or 0.</summary>
    public int Signal { get; } = signal;
}
