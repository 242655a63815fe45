using System.Collections.Immutable;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>cgroup limits.</summary>
internal sealed class ResourcesContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs) => draft.Resources = Limits(inputs.Resources) with { Devices = draft.Resources.Devices };

    /// <summary>CRI words to runtime-spec words: zero and empty mean "not said".</summary>
    internal static ResourcesSpec Limits(LinuxResources resources)
    {
        bool cpu = resources.CpuPeriod > 0 || resources.CpuQuota != 0 || resources.CpuShares > 0 || resources.CpusetCpus.Length > 0 || resources.CpusetMems.Length > 0;
        bool memory = resources.MemoryLimitBytes != 0 || resources.MemorySwapLimitBytes != 0;
        return new ResourcesSpec
        {
            Cpu = !cpu ? null : new CpuSpec
            {
                Period = resources.CpuPeriod > 0 ? (ulong)resources.CpuPeriod : null,
                Quota = resources.CpuQuota != 0 ? resources.CpuQuota : null,
                Shares = resources.CpuShares > 0 ? (ulong)resources.CpuShares : null,
                Cpus = resources.CpusetCpus.Length > 0 ? resources.CpusetCpus : null,
                Mems = resources.CpusetMems.Length > 0 ? resources.CpusetMems : null,
            },
            Memory = !memory ? null : new MemorySpec
            {
                Limit = resources.MemoryLimitBytes != 0 ? resources.MemoryLimitBytes : null,
                Swap = resources.MemorySwapLimitBytes != 0 ? resources.MemorySwapLimitBytes : null,
            },
            HugepageLimits = [.. resources.HugepageLimits.Select(limit => new HugepageLimitSpec(limit.PageSize, limit.Limit))],
            Unified = resources.Unified.IsEmpty ? null : resources.Unified,
        };
    }

    /// <summary>What is said in <paramref name="update"/> replaces what was; the rest stays.</summary>
    internal static LinuxResources Merge(LinuxResources old, LinuxResources update) => new()
    {
        CpuPeriod = update.CpuPeriod != 0 ? update.CpuPeriod : old.CpuPeriod,
        CpuQuota = update.CpuQuota != 0 ? update.CpuQuota : old.CpuQuota,
        CpuShares = update.CpuShares != 0 ? update.CpuShares : old.CpuShares,
        MemoryLimitBytes = update.MemoryLimitBytes != 0 ? update.MemoryLimitBytes : old.MemoryLimitBytes,
        OomScoreAdj = update.OomScoreAdj != 0 ? update.OomScoreAdj : old.OomScoreAdj,
        CpusetCpus = update.CpusetCpus.Length > 0 ? update.CpusetCpus : old.CpusetCpus,
        CpusetMems = update.CpusetMems.Length > 0 ? update.CpusetMems : old.CpusetMems,
        HugepageLimits = update.HugepageLimits.IsEmpty ? old.HugepageLimits : update.HugepageLimits,
        Unified = old.Unified.SetItems(update.Unified),
        MemorySwapLimitBytes = update.MemorySwapLimitBytes != 0 ? update.MemorySwapLimitBytes : old.MemorySwapLimitBytes,
    };
}
