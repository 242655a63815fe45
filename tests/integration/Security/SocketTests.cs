using System.Globalization;

namespace Keelson.Integration.Security;

/// <summary>Where the sockets of daemon and shims are.</summary>
public sealed class SocketTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    [Trait("CVE", "2020-15257")]
    public async Task None_is_in_the_abstract_namespace_that_a_pod_on_the_hosts_network_shares()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);
        Running container = await StartAsync(pod, "sleep 1000");
        HostSnapshot host = await HostSnapshot.TakeAsync(new LeakScope { ProcessMarks = [Daemon.State] });
        int[] shims = [.. host.Things.Where(thing => thing.Contains("keelson-shim", StringComparison.Ordinal)).Select(thing => int.Parse(thing.Split(' ')[1], CultureInfo.InvariantCulture))];

        // The kernel writes '@' before a name of the abstract namespace. What the container sees of the host's sockets is the kernel's list of its network namespace.
        Dictionary<string, string> named = (await OutputOfAsync(container.Id, "cat /proc/net/unix")).Split('\n').Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 8)
            .ToDictionary(fields => fields[6], fields => fields[7]);
        string[] ours = [.. shims.Append(Daemon.ProcessId).SelectMany(SocketsOf).Where(named.ContainsKey).Select(inode => named[inode]).Distinct()];

        Assert.Single(shims);
        Assert.Contains(Daemon.SocketPath, ours);
        Assert.Contains(ours, path => path.EndsWith("/shim.sock", StringComparison.Ordinal));
        Assert.All(ours, path => Assert.StartsWith("/", path, StringComparison.Ordinal));
    }

    /// <summary>Inode numbers of the sockets a process has open.</summary>
    private static IEnumerable<string> SocketsOf(int process) =>
        Directory.EnumerateFiles($"/proc/{process}/fd")
            .Select(path => new FileInfo(path).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1]);
}
