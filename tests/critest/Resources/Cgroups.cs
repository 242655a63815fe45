using System.Globalization;

namespace Keelson.CriTest.Resources;

/// <summary>Reads a process's limits from its cgroups, on a v1 host and on a v2 host.</summary>
internal static class Cgroups
{
    private const string Root = "/sys/fs/cgroup";

    public static bool IsUnified => File.Exists($"{Root}/cgroup.controllers");

    /// <summary>The path of a process in a controller's hierarchy, or in the unified one.</summary>
    public static string PathOf(int pid, string controller) => File.ReadLines($"/proc/{pid}/cgroup")
        .Select(line => line.Split(':', 3))
        .Single(parts => IsUnified ? parts[0] == "0" : parts[1].Split(',').Contains(controller))[2];

    public static async Task<long> MemoryLimitAsync(int pid) =>
        long.Parse(await ReadAsync(pid, "memory", IsUnified ? "memory.max" : "memory.limit_in_bytes"), CultureInfo.InvariantCulture);

    public static async Task<(long Quota, long Period)> CpuLimitAsync(int pid)
    {
        string[] parts = IsUnified
            ? (await ReadAsync(pid, "cpu", "cpu.max")).Split(' ')
            : [await ReadAsync(pid, "cpu", "cpu.cfs_quota_us"), await ReadAsync(pid, "cpu", "cpu.cfs_period_us")];
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static async Task<long> CpuSharesAsync(int pid) =>
        long.Parse(await ReadAsync(pid, "cpu", IsUnified ? "cpu.weight" : "cpu.shares"), CultureInfo.InvariantCulture);

    /// <summary>A file of the group that a process is in, on a v2 host.</summary>
    public static async Task<string> FileAsync(int pid, string file) =>
        (await File.ReadAllTextAsync($"{Root}{PathOf(pid, "")}/{file}")).Trim();

    /// <summary>Skips a test of what version 2 alone can do.</summary>
    public static void RequireUnified() => Skip.IfNot(IsUnified, "needs a host with cgroup v2 alone (make test-vm)");

    public static string Directory(string controller, string path) => IsUnified ? Root + path : $"{Root}/{controller}{path}";

    private static async Task<string> ReadAsync(int pid, string controller, string file) =>
        (await File.ReadAllTextAsync($"{Directory(controller, PathOf(pid, controller))}/{file}")).Trim();
}
