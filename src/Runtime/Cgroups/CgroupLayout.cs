using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <summary>The hierarchies of this node.</summary>
public sealed record CgroupLayout(ImmutableArray<CgroupHierarchy> Hierarchies)
{
    private static readonly ImmutableHashSet<string> V1Controllers =
    [
        "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma", "misc",
    ];

    /// <summary>Version 1 hierarchies.</summary>
    public ImmutableArray<CgroupHierarchy> V1 => Hierarchies.RemoveAll(hierarchy => hierarchy.IsV2);

    /// <summary>The version 2 hierarchy, if mounted.</summary>
    public CgroupHierarchy? V2 => Hierarchies.FirstOrDefault(hierarchy => hierarchy.IsV2);

    /// <summary>How controllers are laid out.</summary>
    public CgroupMode Mode => V2 is null
        ? CgroupMode.Legacy
        : Hierarchies.Any(hierarchy => !hierarchy.IsV2 && hierarchy.Controllers.Length > 0) ? CgroupMode.Hybrid : CgroupMode.Unified;

    /// <summary>The hierarchy that has <paramref name="controller"/>, or null.</summary>
    public CgroupHierarchy? Of(string controller) => Hierarchies.FirstOrDefault(hierarchy => hierarchy.Controllers.Contains(controller));

    /// <summary>The layout that this process sees.</summary>
    /// <exception cref="KeelsonException">FailedPrecondition: no cgroup file system is mounted.</exception>
    public static CgroupLayout Detect() => Parse(File.ReadAllText("/proc/self/mountinfo"), ReadControllers);

    /// <summary>Reads the text of a mountinfo (proc_pid_mountinfo(5)).</summary>
    internal static CgroupLayout Parse(string mountInfo, Func<HostPath, string> readV2Controllers)
    {
        List<CgroupHierarchy> found = [];
        foreach (string line in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // 31 23 0:28 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu
            string[] halves = line.Split(" - ", 2);
            string[] left = halves[0].Split(' ');
            string[] right = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (right.Length < 3 || left.Length < 5 || right[0] is not ("cgroup" or "cgroup2"))
            {
                continue;
            }

            HostPath mountPoint = HostPath.Parse(Unescape(left[4]));
            string[] options = right[2].Split(',');
            CgroupHierarchy hierarchy = right[0] == "cgroup2"
                ? new CgroupHierarchy(mountPoint, true, [.. readV2Controllers(mountPoint).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)], string.Empty)
                {
                    MountOptions = [.. options.Where(option => option is not ("rw" or "ro" or "seclabel"))],
                }
                : new CgroupHierarchy(
                    mountPoint,
                    false,
                    [.. options.Where(V1Controllers.Contains)],
                    options.FirstOrDefault(option => option.StartsWith("name=", StringComparison.Ordinal))?[5..] ?? string.Empty);

            // The same hierarchy may be mounted twice (a container's view of it): the first is the host's.
            if (!found.Exists(other => other.IsV2 == hierarchy.IsV2 && other.Name == hierarchy.Name && other.Controllers.SequenceEqual(hierarchy.Controllers)))
            {
                found.Add(hierarchy);
            }
        }

        return found.Count > 0
            ? new CgroupLayout([.. found])
            : throw new KeelsonException(ErrorKind.FailedPrecondition, "no cgroup file system is mounted; expected one below /sys/fs/cgroup");
    }

    private static string ReadControllers(HostPath mountPoint) => File.ReadAllText(mountPoint.Child("cgroup.controllers").Value);

    private static string Unescape(string field) => field
        .Replace("\\040", " ", StringComparison.Ordinal)
        .Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\134", "\\", StringComparison.Ordinal);
}
