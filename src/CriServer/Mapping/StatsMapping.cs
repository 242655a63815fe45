using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Counters. What the node does not count stays absent, which clients tell from zero.</summary>
internal static class StatsMapping
{
    internal static Cri.ContainerStats ToCri(ContainerStats stats)
    {
        var message = new Cri.ContainerStats
        {
            Attributes = Attributes(stats.Container),
            Cpu = Cpu(stats),
            Memory = Memory(stats),
            WritableLayer = WritableLayer(stats.WritableLayer),
        };
        if (stats.SwapUsageBytes is not null || stats.SwapAvailableBytes is not null)
        {
            message.Swap = new Cri.SwapUsage
            {
                Timestamp = stats.TimestampNanoseconds,
                SwapAvailableBytes = Value(stats.SwapAvailableBytes),
                SwapUsageBytes = Value(stats.SwapUsageBytes),
            };
        }

        return message;
    }

    private static Cri.ContainerAttributes Attributes(ContainerSnapshot container)
    {
        var attributes = new Cri.ContainerAttributes
        {
            Id = container.Id.Value,
            Metadata = ContainerMapping.Metadata(container.Config.Metadata),
        };
        attributes.Labels.Add(container.Config.Labels);
        attributes.Annotations.Add(container.Config.Annotations);
        return attributes;
    }

    internal static Cri.CpuUsage? Cpu(UsageStats stats) => stats.CpuUsageNanoseconds is null ? null : new Cri.CpuUsage
    {
        Timestamp = stats.TimestampNanoseconds,
        UsageCoreNanoSeconds = Value(stats.CpuUsageNanoseconds),
        UsageNanoCores = Value(stats.CpuUsageNanoCores),
    };

    internal static Cri.MemoryUsage? Memory(UsageStats stats) => stats.MemoryUsageBytes is null && stats.MemoryWorkingSetBytes is null ? null : new Cri.MemoryUsage
    {
        Timestamp = stats.TimestampNanoseconds,
        WorkingSetBytes = Value(stats.MemoryWorkingSetBytes),
        AvailableBytes = Value(stats.MemoryAvailableBytes),
        UsageBytes = Value(stats.MemoryUsageBytes),
        RssBytes = Value(stats.MemoryRssBytes),
        PageFaults = Value(stats.PageFaults),
        MajorPageFaults = Value(stats.MajorPageFaults),
    };

    private static Cri.FilesystemUsage? WritableLayer(WritableLayerUsage? usage) => usage is null ? null : new Cri.FilesystemUsage
    {
        Timestamp = usage.TimestampNanoseconds,
        FsId = new Cri.FilesystemIdentifier { Mountpoint = usage.Mountpoint },
        UsedBytes = Value(usage.UsedBytes),
        InodesUsed = Value(usage.InodesUsed),
    };

    internal static Cri.UInt64Value? Value(ulong? value) => value is { } v ? new Cri.UInt64Value { Value = v } : null;
}
