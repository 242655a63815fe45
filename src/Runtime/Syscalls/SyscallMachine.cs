namespace Keelson.Oci.Syscalls;

/// <summary>A system call numbering.</summary>
public enum SyscallMachine
{
    /// <summary>x86-64.</summary>
    X64,

    /// <summary>32-bit x86, also as run by an x86-64 kernel.</summary>
    X86,

    /// <summary>64-bit ARM.</summary>
    Arm64,
}
