using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <summary>How a new process gets into a group.</summary>
/// <param name="V1Directories">The still single-threaded child writes <c>0</c> to <c>tasks</c> in each: cgroup.procs costs milliseconds.</param>
/// <param name="V2Directory">The process is born in it (CLONE_INTO_CGROUP); null where version 2 is not mounted.</param>
public sealed record CgroupPlacement(ImmutableArray<HostPath> V1Directories, HostPath? V2Directory)
{
    /// <summary>No group.</summary>
    public static CgroupPlacement None { get; } = new([], null);
}
