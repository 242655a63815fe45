namespace Keelson.Oci.Seccomp;

/// <summary>A rule and when it holds.</summary>
internal sealed record SeccompProfileRule
{
    public string[]? Names { get; init; }

    /// <summary>The older form.</summary>
    public string? Name { get; init; }

    public string Action { get; init; } = string.Empty;

    public uint? ErrnoRet { get; init; }

    public SeccompProfileArg[]? Args { get; init; }

    public SeccompProfileFilter? Includes { get; init; }

    public SeccompProfileFilter? Excludes { get; init; }
}
