using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <summary>One mounted hierarchy.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="IsV2">Whether it is the unified one.</param>
/// <param name="Controllers">v1: of the mount; v2: of its <c>cgroup.controllers</c>.</param>
/// <param name="Name">v1 without controllers: its name, e.g. <c>systemd</c>; else empty.</param>
public sealed record CgroupHierarchy(HostPath MountPoint, bool IsV2, ImmutableArray<string> Controllers, string Name)
{
    /// <summary>
    /// Version 2: what it was mounted with, such as <c>nsdelegate</c>. There is one file system for all mounts of it, so
    /// each further one outside of a cgroup namespace sets these anew.
    /// </summary>
    public ImmutableArray<string> MountOptions { get; init; } = [];

    /// <summary>The directory of a group.</summary>
    public HostPath DirectoryOf(CgroupPath path) => HostPath.Parse(MountPoint.Value + path.Value);
}
