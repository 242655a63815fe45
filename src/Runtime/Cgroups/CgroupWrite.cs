using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <summary>One value for one file.</summary>
/// <param name="Directory">The group's directory in the controller's hierarchy.</param>
/// <param name="File">The file.</param>
/// <param name="Value">What is written.</param>
internal sealed record CgroupWrite(HostPath Directory, string File, string Value)
{
    /// <summary>Whether the limit may be silently missing: tuning, not a promise.</summary>
    internal bool Optional { get; init; }

    /// <summary>Whether what the file says after the write is what was asked; null where the kernel rounds.</summary>
    internal Func<string, bool>? ReadBack { get; init; }
}
