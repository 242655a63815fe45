namespace Keelson.Oci.Seccomp;

/// <summary>A profile file.</summary>
internal sealed record SeccompProfileFile
{
    public string DefaultAction { get; init; } = string.Empty;

    public uint? DefaultErrnoRet { get; init; }

    public string[]? Architectures { get; init; }

    public SeccompProfileArch[]? ArchMap { get; init; }

    public string[]? Flags { get; init; }

    public SeccompProfileRule[]? Syscalls { get; init; }
}
