using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Pods' counters. What the node does not count stays absent, which clients tell from zero.</summary>
internal static class SandboxStatsMapping
{
    internal static Cri.PodSandboxStats ToCri(SandboxStats stats)
    {
        var message = new Cri.PodSandboxStats
        {
            Attributes = Attributes(stats.Sandbox),
            Linux = new Cri.LinuxPodSandboxStats
            {
                Cpu = StatsMapping.Cpu(stats),
                Memory = StatsMapping.Memory(stats),
                Network = Network(stats.Network),
                Process = stats.Pids is null ? null : new Cri.ProcessUsage
                {
                    Timestamp = stats.TimestampNanoseconds,
                    ProcessCount = StatsMapping.Value(stats.Pids),
                },
            },
        };
        message.Linux.Containers.Add(stats.Containers.Select(StatsMapping.ToCri));
        return message;
    }

    private static Cri.PodSandboxAttributes Attributes(SandboxSnapshot sandbox)
    {
        var attributes = new Cri.PodSandboxAttributes
        {
            Id = sandbox.Id.Value,
            Metadata = SandboxMapping.Metadata(sandbox.Config.Metadata),
        };
        attributes.Labels.Add(sandbox.Config.Labels);
        attributes.Annotations.Add(sandbox.Config.Annotations);
        return attributes;
    }

    private static Cri.NetworkUsage? Network(NetworkStats? network)
    {
        if (network is null)
        {
            return null;
        }

        var usage = new Cri.NetworkUsage { Timestamp = network.TimestampNanoseconds, DefaultInterface = Interface(network.Default) };

        // The interface wants the default one here no second time; containerd puts it in all the same.
        usage.Interfaces.Add(network.Others.Select(Interface));
        return usage;
    }

    private static Cri.NetworkInterfaceUsage Interface(InterfaceCounters counters) => new()
    {
        Name = counters.Name,
        RxBytes = StatsMapping.Value(counters.ReceivedBytes),
        RxErrors = StatsMapping.Value(counters.ReceiveErrors),
        TxBytes = StatsMapping.Value(counters.SentBytes),
        TxErrors = StatsMapping.Value(counters.SendErrors),
    };
}
