using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>A system call filter.</summary>
public sealed record SeccompSpec
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary><c>SCMP_ARCH_X86_64</c> and its like; the native one is always included.</summary>
    public ImmutableArray<string> Architectures { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Null means the runtime's default flags; empty means none.</summary>
    public ImmutableArray<string>? Flags { get; init; }

    public ImmutableArray<SyscallSpec> Syscalls { get => field.IsDefault ? [] : field; init; } = [];
}
