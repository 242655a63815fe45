namespace Keelson.Oci.Seccomp;

/// <summary>Where a rule holds.</summary>
internal sealed record SeccompProfileFilter
{
    public string[]? Caps { get; init; }

    public string[]? Arches { get; init; }

    public string? MinKernel { get; init; }
}
