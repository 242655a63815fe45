using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.CriServer.Tests.Support;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Mapping;

public sealed class SandboxConfigMappingTests
{
    public static TheoryData<string, Action<Cri.PodSandboxConfig>> BadConfigs => new()
    {
        { "metadata is missing", c => c.Metadata = null },
        { "metadata: name, namespace and uid must be set", c => c.Metadata.Uid = "" },
        { "run_as_group needs run_as_user", c => c.Linux.SecurityContext.RunAsGroup = new Cri.Int64Value() },
        { "port mapping: host_port 70000 is not a port", c => c.PortMappings.Add(new Cri.PortMapping { HostPort = 70000 }) },
        { "port mapping: unknown protocol 9", c => c.PortMappings.Add(new Cri.PortMapping { Protocol = (Cri.Protocol)9 }) },
        { "userns_options: mode NODE has no id mappings", c => Userns(c, Cri.NamespaceMode.Node, (0, 0, 1)) },
        { "userns_options: mode POD needs one uid mapping and an equal gid mapping", c => Userns(c, Cri.NamespaceMode.Pod) },
        { "userns_options: the mapping is empty", c => Userns(c, Cri.NamespaceMode.Pod, (1, 0, 0)) },
        { "namespace_options: userns_options can not have mode TARGET", c => Userns(c, Cri.NamespaceMode.Target) },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_request_that_contradicts_itself_is_refused_with_the_reason(string reason, Action<Cri.PodSandboxConfig> spoil)
    {
        Cri.PodSandboxConfig config = ValidConfigs.Sandbox();
        spoil(config);
        KeelsonException refusal = Assert.Throws<KeelsonException>(() => SandboxConfigMapping.ToDomain(config, ""));
        Assert.Equal((ErrorKind.InvalidArgument, reason), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public void Everything_said_arrives()
    {
        Cri.PodSandboxConfig config = ValidConfigs.Sandbox();
        config.Hostname = "h";
        config.LogDirectory = "/var/log/pods/x";
        config.DnsConfig = new Cri.DNSConfig { Servers = { "1.1.1.1" }, Searches = { "s" }, Options = { "ndots:5" } };
        config.PortMappings.Add(new Cri.PortMapping { Protocol = Cri.Protocol.Udp, ContainerPort = 53, HostPort = 5353, HostIp = "127.0.0.1" });
        config.Labels.Add("b", "2");
        config.Annotations.Add("x", "y");
        config.Linux.CgroupParent = "/kubepods/burstable/podx";
        config.Linux.Sysctls.Add("net.core.somaxconn", "1");
        config.Linux.SecurityContext.NamespaceOptions = new Cri.NamespaceOption { Network = Cri.NamespaceMode.Node, Pid = Cri.NamespaceMode.Container };

        SandboxConfig domain = SandboxConfigMapping.ToDomain(config, "handler");
        Assert.Equal("pod_ns_uid_1 h /var/log/pods/x /kubepods/burstable/podx handler", string.Join(' ',
            domain.Metadata.ReservedName, domain.Hostname, domain.LogDirectory, domain.CgroupParent, domain.RuntimeHandler));
        Assert.Equal(("1.1.1.1", "s", "ndots:5"), (domain.Dns!.Servers[0], domain.Dns.Searches[0], domain.Dns.Options[0]));
        Assert.Equal(new PortMapping(PortProtocol.Udp, 53, 5353, "127.0.0.1"), Assert.Single(domain.PortMappings));
        Assert.Equal(("2", "y", "1"), (domain.Labels["b"], domain.Annotations["x"], domain.Sysctls["net.core.somaxconn"]));
        Assert.Equal((NamespaceMode.Node, NamespaceMode.Container), (domain.Security.Namespaces.Network, domain.Security.Namespaces.Pid));
        Assert.Equal(config.Linux.SecurityContext.NamespaceOptions, NamespaceMapping.ToCri(domain.Security.Namespaces));
    }

    private static void Userns(Cri.PodSandboxConfig config, Cri.NamespaceMode mode, params (uint Host, uint Container, uint Length)[] maps)
    {
        var userns = new Cri.UserNamespace { Mode = mode };
        foreach ((uint host, uint container, uint length) in maps)
        {
            userns.Uids.Add(new Cri.IDMapping { HostId = host, ContainerId = container, Length = length });
            userns.Gids.Add(new Cri.IDMapping { HostId = host, ContainerId = container, Length = length });
        }

        config.Linux.SecurityContext.NamespaceOptions = new Cri.NamespaceOption { UsernsOptions = userns };
    }
}
