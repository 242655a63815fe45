namespace Keelson.Oci.Seccomp;

/// <summary>A machine, and those whose programs it runs too.</summary>
internal sealed record SeccompProfileArch(string Architecture, string[]? SubArchitectures);
