using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Limits, both ways.</summary>
internal static class ResourcesMapping
{
    internal static LinuxResources? ToDomain(Cri.LinuxContainerResources? resources) => resources is null ? null : new LinuxResources
    {
        CpuPeriod = resources.CpuPeriod,
        CpuQuota = resources.CpuQuota,
        CpuShares = resources.CpuShares,
        MemoryLimitBytes = resources.MemoryLimitInBytes,
        OomScoreAdj = resources.OomScoreAdj,
        CpusetCpus = resources.CpusetCpus,
        CpusetMems = resources.CpusetMems,
        HugepageLimits = [.. resources.HugepageLimits.Select(h => new HugepageLimit(h.PageSize, h.Limit))],
        Unified = Maps.Of(resources.Unified),
        MemorySwapLimitBytes = resources.MemorySwapLimitInBytes,
    };

    internal static Cri.LinuxContainerResources ToCri(LinuxResources resources)
    {
        var message = new Cri.LinuxContainerResources
        {
            CpuPeriod = resources.CpuPeriod,
            CpuQuota = resources.CpuQuota,
            CpuShares = resources.CpuShares,
            MemoryLimitInBytes = resources.MemoryLimitBytes,
            OomScoreAdj = resources.OomScoreAdj,
            CpusetCpus = resources.CpusetCpus,
            CpusetMems = resources.CpusetMems,
            MemorySwapLimitInBytes = resources.MemorySwapLimitBytes,
        };
        message.HugepageLimits.Add(resources.HugepageLimits.Select(h => new Cri.HugepageLimit { PageSize = h.PageSize, Limit = h.Limit }));
        message.Unified.Add(resources.Unified);
        return message;
    }
}
