namespace Keelson.Oci.Seccomp;

/// <summary>A condition on an argument.</summary>
internal sealed record SeccompProfileArg
{
    public uint Index { get; init; }

    public ulong Value { get; init; }

    public ulong ValueTwo { get; init; }

    public string Op { get; init; } = string.Empty;
}
