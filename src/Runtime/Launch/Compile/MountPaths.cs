using System.Collections.Frozen;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Destinations of mounts.</summary>
internal static class MountPaths
{
    // Files of procfs that lxcfs and its like replace; writing to none of them changes the host.
    private static readonly FrozenSet<string> AllowedInProc = FrozenSet.ToFrozenSet(
        [
            "proc/cpuinfo", "proc/diskstats", "proc/meminfo", "proc/stat", "proc/swaps", "proc/uptime", "proc/loadavg", "proc/slabinfo",
            "proc/net/dev", "proc/sys/kernel/ns_last_pid", "proc/sys/crypto/fips_enabled",
        ],
        StringComparer.Ordinal);

    /// <summary>A container path without its first slash, dots and doubled slashes resolved by name.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: not absolute, or the root itself.</exception>
    internal static string Relative(string destination)
    {
        List<string> names = [];
        foreach (string name in GuestPath.Parse(destination).Value.Split('/'))
        {
            if (name == "..")
            {
                names.RemoveRange(Math.Max(names.Count - 1, 0), Math.Min(names.Count, 1));
            }
            else if (name is not ("" or "."))
            {
                names.Add(name);
            }
        }

        return names.Count > 0 ? string.Join('/', names) : throw new KeelsonException(ErrorKind.InvalidArgument, $"mount destination '{destination}': the root cannot be mounted over");
    }

    /// <summary>Refuses mounts that would put a file of the container's choice where procfs is expected (CVE-2019-16884).</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static void CheckProc(string path, MountSpec mount, MountOptions options)
    {
        bool isProc = path == "proc" && (mount.Type == "proc" || options.Bind);
        bool inProc = path.StartsWith("proc/", StringComparison.Ordinal);
        if (path == "proc" && !isProc || inProc && !AllowedInProc.Contains(path))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"mount destination '{mount.Destination}': nothing may be mounted over or inside /proc");
        }
    }
}
