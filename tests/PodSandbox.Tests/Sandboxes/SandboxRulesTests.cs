using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.External;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Sandboxes;

public sealed class SandboxRulesTests
{
    private static readonly PodRuntimeOptions Options = new()
    {
        Root = HostPath.Parse("/r"),
        State = HostPath.Parse("/s"),
        ShimBinary = HostPath.Parse("/x"),
        RuntimeHandlers = ImmutableDictionary<string, RuntimeHandler>.Empty.Add(
            "special", new RuntimeHandler("special", new OciRuntime { Program = HostPath.Parse("/usr/bin/crun"), Root = HostPath.Parse("/s/oci") }, [])),
    };

    public static TheoryData<string> BadSandboxes => ["name", "handler", "hostname", "cgroup", "dns", "newline", "port", "target", "logs"];

    [Theory]
    [MemberData(nameof(BadSandboxes))]
    public void A_request_that_cannot_be_right_is_refused(string what)
    {
        SandboxConfig good = Samples.Sandbox();
        SandboxConfig bad = what switch
        {
            "name" => good with { Metadata = good.Metadata with { Name = string.Empty } },
            "handler" => good with { RuntimeHandler = "unknown" },
            "hostname" => good with { Hostname = new string('a', 65) },
            "cgroup" => good with { CgroupParent = "/a/../../b" },
            "dns" => good with { Dns = new DnsConfig { Servers = ["10.0.0.1\nnameserver 6.6.6.6"] } },
            "newline" => good with { Metadata = good.Metadata with { Namespace = "a\nb" } },
            "port" => good with { PortMappings = [new PortMapping(PortProtocol.Tcp, 80, 70000, string.Empty)] },
            "target" => good with { Security = good.Security with { Namespaces = new NamespaceOptions { Pid = NamespaceMode.Target } } },
            _ => good with { LogDirectory = "relative" },
        };

        SandboxRules.Check(good, Options);
        SandboxRules.Check(good with { RuntimeHandler = "special" }, Options);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => SandboxRules.Check(bad, Options)).Kind);
    }

    [Theory]
    [Trait("CVE", "2022-0532")]
    [Trait("CVE", "2022-0811")]
    [InlineData("net.ipv4.ip_forward", "1", true, false)]
    [InlineData("net/ipv4/conf/eth0.100/forwarding", "1", true, false)]
    [InlineData("kernel.shm_rmid_forced", "1", true, true)]
    [InlineData("fs.mqueue.msg_max", "10", true, true)]
    [InlineData("kernel.panic", "1", false, false)]
    [InlineData("vm.swappiness", "1", false, false)]
    [InlineData("kernel.hostname", "x", false, false)]
    [InlineData("net.ipv4.ip_forward", "1\n2", false, false)]
    [InlineData("net.ipv4.ip_forward", "1\0", false, false)]
    [InlineData("net/../kernel/core_pattern", "x", false, false)]
    [InlineData("net..x", "1", false, false)]
    [InlineData("", "1", false, false)]
    public void Only_settings_of_the_pods_namespaces_are_let_through(string name, string value, bool allowed, bool onHostNetwork)
    {
        SandboxConfig own = Samples.Sandbox() with { Sysctls = Maps.Of([new(name, value)]) };
        SandboxConfig host = Samples.Sandbox(hostNetwork: true) with { Sysctls = own.Sysctls };
        Assert.Equal(allowed, Allows(own));
        Assert.Equal(onHostNetwork, Allows(host));

        static bool Allows(SandboxConfig config)
        {
            try
            {
                SysctlRules.Sort(config, Maps.Empty);
                return true;
            }
            catch (KeelsonException refused)
            {
                Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
                return false;
            }
        }
    }

    [Fact]
    public void A_dot_after_a_slash_is_part_of_the_name()
    {
        SandboxConfig config = Samples.Sandbox() with { Sysctls = Maps.Of([new("net/ipv4/conf/eth0.100/forwarding", "1")]) };
        Assert.Equal("net/ipv4/conf/eth0.100/forwarding", Assert.Single(SysctlRules.Sort(config, Maps.Empty).Network).Key);
    }

    [Fact]
    [Trait("CVE", "2022-0532")]
    public void The_hosts_ipc_namespace_is_not_the_pods_to_set()
    {
        SandboxConfig config = Samples.Sandbox() with
        {
            Sysctls = Maps.Of([new("kernel.shmmax", "1")]),
            Security = new SandboxSecurityContext { Namespaces = new NamespaceOptions { Ipc = NamespaceMode.Node } },
        };
        Assert.Throws<KeelsonException>(() => SysctlRules.Sort(config, Maps.Empty));
    }
}
