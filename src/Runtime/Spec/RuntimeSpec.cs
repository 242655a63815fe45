using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>
/// An OCI runtime-spec configuration (config.json): the one model between CRI and the kernel. Names are the
/// specification's; what it leaves optional is nullable, and its lists are empty rather than absent.
/// </summary>
public sealed record RuntimeSpec
{
    /// <summary>The version of the runtime-spec that these records follow.</summary>
    public const string SupportedVersion = "1.2.0";

    public string OciVersion { get => field ?? SupportedVersion; init; } = SupportedVersion;

    public RootSpec? Root { get; init; }

    /// <summary>Absent only in specs that are templates; every launch needs it.</summary>
    public ProcessSpec? Process { get; init; }

    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    /// <summary>In the order in which they are mounted.</summary>
    public ImmutableArray<MountSpec> Mounts { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableSortedDictionary<string, string>? Annotations { get; init; }

    public LinuxSpec? Linux { get; init; }
}
