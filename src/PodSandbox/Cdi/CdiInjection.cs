using System.Collections.Immutable;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Cdi;

/// <summary>
/// What the devices of a container change about its runtime-spec, in the order in which it is applied. Kept with the
/// container: a file that is gone or another later does not change what it is.
/// </summary>
public sealed record CdiInjection
{
    /// <summary>Permissions of a node that is made and may not be used.</summary>
    internal const string NoPermissions = "none";

    /// <summary><c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<DeviceSpec> Devices { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<DeviceRuleSpec> DeviceRules { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<MountSpec> Mounts { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<uint> AdditionalGids { get => field.IsDefault ? [] : field; init; } = [];
}
