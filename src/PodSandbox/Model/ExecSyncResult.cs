namespace Keelson.Sandboxes;

/// <summary>What a command printed and how it ended.</summary>
public sealed record ExecSyncResult(int ExitCode, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr);
