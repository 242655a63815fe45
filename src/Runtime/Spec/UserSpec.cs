using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>Numbers only: names were looked up in the image before the spec was made.</summary>
public sealed record UserSpec
{
    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Null leaves the default, 022.</summary>
    public uint? Umask { get; init; }

    /// <summary>Exactly the supplementary groups; empty means none (CVE-2023-25173).</summary>
    public ImmutableArray<uint> AdditionalGids { get => field.IsDefault ? [] : field; init; } = [];
}
