using System.Globalization;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Cgroups;

/// <content>Which processes are in it, and how others get there.</content>
internal sealed partial class Cgroup
{
    /// <inheritdoc/>
    public CgroupPlacement PlacementBeside(int pid)
    {
        if (layout.V2 is not CgroupHierarchy v2 || v2.Controllers.IsEmpty
            || string.IsNullOrEmpty(CgroupFile.TryRead(v2.DirectoryOf(Path), "cgroup.subtree_control")))
        {
            return Placement;
        }

        string text = CgroupFile.TryRead(HostPath.Parse($"/proc/{Text((long)pid)}"), "cgroup") ?? string.Empty;
        const string unified = "0::";
        string? where = Array.Find(text.Split('\n'), line => line.StartsWith(unified, StringComparison.Ordinal))?[unified.Length..];

        // The number may be a stranger's by now, who is in another group.
        return where is not null && where.StartsWith($"{Path}/", StringComparison.Ordinal)
            ? Placement with { V2Directory = v2.DirectoryOf(CgroupPath.Parse(where)) }
            : Placement;
    }

    /// <inheritdoc/>
    public bool TryMove(int pid)
    {
        foreach (CgroupHierarchy hierarchy in _hierarchies)
        {
            HostPath directory = hierarchy.DirectoryOf(Path);
            Errno error = CgroupFile.Write(directory, "cgroup.procs", Text((long)pid));
            if (error == Errno.ESRCH)
            {
                return false;
            }

            if (error != Errno.None)
            {
                throw new LinuxException("write", $"{directory}/cgroup.procs", error);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> ReadProcesses()
    {
        List<int> pids = [];
        if (KillDirectory is HostPath top && Directory.Exists(top.Value))
        {
            foreach (string directory in Descendants(top))
            {
                string? text = CgroupFile.TryRead(HostPath.Parse(directory), "cgroup.procs");
                foreach (string line in (text ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
                }
            }
        }

        return pids;
    }

    /// <summary>The group and every group below it, the deepest first.</summary>
    private static List<string> Descendants(HostPath top)
    {
        List<string> found = [];
        try
        {
            found.AddRange(Directory.EnumerateDirectories(top.Value, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true }));
        }
        catch (DirectoryNotFoundException)
        {
            return found;
        }

        found.Sort((a, b) => b.Count('/') - a.Count('/'));
        found.Add(top.Value);
        return found;
    }
}
