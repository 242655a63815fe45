using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>RunPodSandbox's configuration.</summary>
internal static class SandboxConfigMapping
{
    internal static SandboxConfig ToDomain(Cri.PodSandboxConfig? config, string runtimeHandler)
    {
        Invalid.Unless(config is not null, "config is missing");
        Cri.LinuxPodSandboxConfig? linux = config!.Linux;
        return new SandboxConfig
        {
            Metadata = Metadata(config.Metadata),
            Hostname = config.Hostname,
            LogDirectory = config.LogDirectory,
            Dns = Dns(config.DnsConfig),
            PortMappings = [.. config.PortMappings.Select(Port)],
            Labels = Maps.Of(config.Labels),
            Annotations = Maps.Of(config.Annotations),
            CgroupParent = linux?.CgroupParent ?? string.Empty,
            Sysctls = linux is null ? Maps.Empty : Maps.Of(linux.Sysctls),
            Security = SecurityMapping.ToDomain(linux?.SecurityContext),
            Overhead = ResourcesMapping.ToDomain(linux?.Overhead),
            Resources = ResourcesMapping.ToDomain(linux?.Resources),
            RuntimeHandler = runtimeHandler,
        };
    }

    private static PodMetadata Metadata(Cri.PodSandboxMetadata? metadata)
    {
        Invalid.Unless(metadata is not null, "metadata is missing");

        // The kubelet refuses a status in which one of them is empty.
        Invalid.Unless(
            metadata!.Name.Length > 0 && metadata.Namespace.Length > 0 && metadata.Uid.Length > 0,
            "metadata: name, namespace and uid must be set");
        return new PodMetadata(metadata.Name, metadata.Namespace, metadata.Uid, metadata.Attempt);
    }

    private static DnsConfig? Dns(Cri.DNSConfig? dns) => dns is null ? null : new DnsConfig
    {
        Servers = [.. dns.Servers],
        Searches = [.. dns.Searches],
        Options = [.. dns.Options],
    };

    private static PortMapping Port(Cri.PortMapping port)
    {
        Invalid.Unless(Enum.IsDefined(port.Protocol), $"port mapping: unknown protocol {(int)port.Protocol}");
        Invalid.Unless(port.HostPort <= ushort.MaxValue, $"port mapping: host_port {port.HostPort} is not a port");
        Invalid.Unless(port.ContainerPort is >= 0 and <= ushort.MaxValue, $"port mapping: container_port {port.ContainerPort} is not a port");
        return new PortMapping((PortProtocol)port.Protocol, port.ContainerPort, port.HostPort, port.HostIp);
    }
}
