using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>Capability names (<c>CAP_CHOWN</c>) per set.</summary>
public sealed record CapabilitiesSpec
{
    public ImmutableArray<string> Bounding { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Effective { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Kept empty by everything here: see CVE-2022-29162 and its siblings.</summary>
    public ImmutableArray<string> Inheritable { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Permitted { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<string> Ambient { get => field.IsDefault ? [] : field; init; } = [];
}
