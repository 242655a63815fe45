using System.Diagnostics;

namespace Keelson.TestKit;

/// <summary>
/// What a runtime can leave behind on a host, one readable line per thing: mounts, network namespaces, links, cgroups,
/// processes, firewall rules, files below given roots.
/// </summary>
public sealed class HostSnapshot
{
    private static readonly TimeSpan FirewallTimeout = TimeSpan.FromSeconds(10);

    private HostSnapshot(HashSet<string> things) => Things = things;

    public IReadOnlySet<string> Things { get; }

    public static async Task<HostSnapshot> TakeAsync(LeakScope scope)
    {
        var things = new HashSet<string>(StringComparer.Ordinal);
        AddMounts(things, scope);
        AddEntries(things, "network namespace", "/run/netns", scope.NetworkNamespacePrefix);
        AddEntries(things, "link", $"/sys/class/net/{scope.Bridge}/brif", "");
        AddCgroups(things, scope);
        AddProcesses(things, scope);
        AddFiles(things, scope);
        if (scope.Bridge is not null)
        {
            await AddFirewallRulesAsync(things, scope.Bridge);
        }

        return new HostSnapshot(things);
    }

    private static void AddMounts(HashSet<string> things, LeakScope scope)
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string target = line.Split(' ')[4];
            if (scope.MountPrefixes.Any(prefix => target.StartsWith(prefix, StringComparison.Ordinal)))
            {
                things.Add($"mount {target}");
            }
        }
    }

    private static void AddEntries(HashSet<string> things, string kind, string directory, string prefix)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(directory, prefix + "*"))
        {
            things.Add($"{kind} {Path.GetFileName(entry)}");
        }
    }

    private static void AddCgroups(HashSet<string> things, LeakScope scope)
    {
        var hierarchies = File.ReadLines("/proc/self/mountinfo")
            .Where(line => line.Contains(" - cgroup", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[4]);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (string top in hierarchies.SelectMany(_ => scope.CgroupParents, (root, parent) => root + parent))
        {
            if (!Directory.Exists(top))
            {
                continue;
            }

            try
            {
                things.UnionWith(Directory.EnumerateDirectories(top, "*", options).Select(path => $"cgroup {path}"));
            }
            catch (DirectoryNotFoundException)
            {
                // Removed while being listed: not left behind.
            }
        }
    }

    private static void AddProcesses(HashSet<string> things, LeakScope scope)
    {
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
            {
                string line;
                try
                {
                    line = File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ').Trim();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    continue;
                }

                if (scope.ProcessMarks.Any(mark => line.Contains(mark, StringComparison.Ordinal)))
                {
                    things.Add($"process {process.Id} {line}");
                }
            }
        }
    }

    private static void AddFiles(HashSet<string> things, LeakScope scope)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string root in scope.FileRoots.Where(Directory.Exists))
        {
            things.UnionWith(Directory.EnumerateFileSystemEntries(root, "*", options)
                .Where(path => !scope.Bookkeeping.Contains(Path.GetFileName(path)))
                .Select(path => $"file {path}"));
        }
    }

    private static async Task AddFirewallRulesAsync(HashSet<string> things, string network)
    {
        if (Command.Find("iptables-save") is not { } program)
        {
            return;
        }

        // portmap writes the network's name and the container's id into each rule's comment, and hashes them in chain names.
        string rules = (await Command.RunAsync(program, ["-t", "nat"], FirewallTimeout)).Output;
        things.UnionWith(rules.Split('\n')
            .Where(line => line.Contains(network, StringComparison.Ordinal))
            .Select(line => $"firewall rule {line}"));
    }
}
