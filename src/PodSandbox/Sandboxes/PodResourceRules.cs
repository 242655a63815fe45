using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// Values that no pod can have. The kernel never sees a pod's resources by way of the runtime, so nobody else would
/// refuse them.
/// </summary>
internal static class PodResourceRules
{
    // The bounds of cpu.cfs_period_us and cpu.cfs_quota_us (sched-bwc.rst).
    private const long ShortestCpuTime = 1_000;
    private const long LongestPeriod = 1_000_000;

    private const long Unlimited = -1;

    /// <param name="name">Which field of the request it is.</param>
    /// <param name="resources">Zero and empty mean "not said".</param>
    /// <exception cref="KeelsonException">InvalidArgument, with the field's name.</exception>
    internal static void Check(string name, LinuxResources? resources)
    {
        if (resources is null)
        {
            return;
        }

        Require(resources.CpuPeriod is 0 or (>= ShortestCpuTime and <= LongestPeriod), $"{name}.cpu_period {resources.CpuPeriod}: expected 1000 to 1000000 microseconds");
        Require(resources.CpuQuota is 0 or Unlimited or >= ShortestCpuTime, $"{name}.cpu_quota {resources.CpuQuota}: expected 1000 microseconds or more, or -1");
        Require(resources.CpuShares >= 0, $"{name}.cpu_shares {resources.CpuShares} is negative");
        Require(resources.MemoryLimitBytes >= Unlimited, $"{name}.memory_limit_in_bytes {resources.MemoryLimitBytes}: expected a size, or -1");
        Require(resources.MemorySwapLimitBytes >= Unlimited, $"{name}.memory_swap_limit_in_bytes {resources.MemorySwapLimitBytes}: expected a size, or -1");

        // Memory and swap together cannot be less than memory alone.
        Require(
            resources.MemorySwapLimitBytes <= 0 || resources.MemorySwapLimitBytes >= resources.MemoryLimitBytes,
            $"{name}.memory_swap_limit_in_bytes {resources.MemorySwapLimitBytes} is below memory_limit_in_bytes {resources.MemoryLimitBytes}");
        Require(resources.OomScoreAdj is >= -1000 and <= 1000, $"{name}.oom_score_adj {resources.OomScoreAdj}: expected -1000 to 1000");
        Require(IsList(resources.CpusetCpus), $"{name}.cpuset_cpus '{resources.CpusetCpus}': expected numbers and ranges, e.g. 0-3,6");
        Require(IsList(resources.CpusetMems), $"{name}.cpuset_mems '{resources.CpusetMems}': expected numbers and ranges, e.g. 0-3,6");
        foreach (HugepageLimit limit in resources.HugepageLimits)
        {
            Require(IsPageSize(limit.PageSize), $"{name}.hugepage_limits: page size '{limit.PageSize}': expected a size such as 2MB");
        }

        foreach (string file in resources.Unified.Keys)
        {
            // What such a key names is a file of the group: <controller>.<file>.
            Require(file.Contains('.') && file[0] != '.' && !file.Contains('/') && !file.Any(char.IsControl), $"{name}.unified '{file}' is no cgroup file");
        }
    }

    private static bool IsList(string text) => text.Length == 0 || text.Split(',').All(IsRange);

    private static bool IsRange(string text) => text.Split('-') switch
    {
        [var one] => IsNumber(one, out _),
        [var first, var last] => IsNumber(first, out int from) && IsNumber(last, out int to) && from <= to,
        _ => false,
    };

    private static bool IsPageSize(string text) =>
        text.Length > 2 && text[^2..] is "KB" or "MB" or "GB" && IsNumber(text[..^2], out int size) && size > 0;

    private static bool IsNumber(string text, out int value)
    {
        value = 0;
        return text.All(char.IsAsciiDigit) && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out value);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, otherwise);
        }
    }
}
