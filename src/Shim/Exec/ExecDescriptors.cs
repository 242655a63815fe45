using Keelson.Linux;

namespace Keelson.Shim.Exec;

/// <summary>What an exec's session owns.</summary>
internal readonly struct ExecDescriptors(SafeFd pidfd, SafeFd stdout, SafeFd stderr)
{
    public SafeFd PidFd { get; } = pidfd;

    public SafeFd Stdout { get; } = stdout;

    public SafeFd Stderr { get; } = stderr;
}
