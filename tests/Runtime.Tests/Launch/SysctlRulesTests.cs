using Keelson.Core;
using Keelson.Oci.Launch.Compile;

namespace Keelson.Runtime.Tests.Launch;

public sealed class SysctlRulesTests
{
    [Theory]
    [Trait("CVE", "2022-0811")]
    [InlineData("kernel.core_pattern", "|/bin/evil")]
    [InlineData("net.ipv4.ip_forward", "1\n2")]
    [InlineData("kernel.shmmax/../../core_pattern", "x")]
    [InlineData("net/../kernel/core_pattern", "x")]
    [InlineData("vm.overcommit_memory", "1")]
    [InlineData("net..ipv4", "1")]
    public void Settings_of_the_node_and_odd_values_are_refused(string name, string value) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => SysctlRules.Check(name, value, true, true)).Kind);

    [Theory]
    [Trait("CVE", "2022-0532")]
    [InlineData("net.ipv4.ip_forward", false, true)]
    [InlineData("kernel.sem", true, false)]
    [InlineData("fs.mqueue.msg_max", true, false)]
    public void A_pod_on_the_hosts_namespace_has_no_settings_of_its_own(string name, bool network, bool ipc) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => SysctlRules.Check(name, "1", network, ipc)).Kind);

    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("kernel.shm_rmid_forced", "kernel/shm_rmid_forced")]
    public void Settings_of_the_pod_become_paths(string name, string path) => Assert.Equal(path, SysctlRules.Check(name, "1", true, true));
}
