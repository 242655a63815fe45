using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>One rule: names that share an action and a condition on their arguments.</summary>
public sealed record SyscallSpec
{
    public ImmutableArray<string> Names { get => field.IsDefault ? [] : field; init; } = [];

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    /// <summary>All must hold.</summary>
    public ImmutableArray<SyscallArgSpec> Args { get => field.IsDefault ? [] : field; init; } = [];
}
