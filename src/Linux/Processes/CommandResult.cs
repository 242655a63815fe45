namespace Keelson.Linux;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">0..255; 128 + n for a death by signal n.</param>
/// <param name="TimedOut">Whether its time was over and it was killed.</param>
/// <param name="Stdout">What it wrote, up to the limit.</param>
/// <param name="Stderr">What it wrote, up to the limit.</param>
public sealed record CommandResult(int ExitCode, bool TimedOut, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr);
