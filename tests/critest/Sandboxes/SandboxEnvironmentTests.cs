namespace Keelson.CriTest.Sandboxes;

/// <summary>What a sandbox gives to every container in it: names, name service, shared memory, sysctls.</summary>
public sealed class SandboxEnvironmentTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task The_hostname_is_the_pods()
    {
        Pod pod = await RunPodAsync(config => config.Hostname = "a-name-of-its-own");

        Assert.Equal("a-name-of-its-own", (await RunAsync(pod, "hostname")).Text);
    }

    [Fact]
    public async Task A_pod_on_the_hosts_network_has_the_hosts_name()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal(File.ReadAllText("/proc/sys/kernel/hostname").Trim(), (await RunAsync(pod, "hostname")).Text);
    }

    [Fact]
    public async Task The_name_service_is_the_one_given()
    {
        Pod pod = await RunPodAsync(config => config.DnsConfig = new()
        {
            Servers = { "10.1.2.3", "fd00::1" },
            Searches = { "a.example", "b.example" },
            Options = { "ndots:3", "edns0" },
        });

        string[] lines = (await RunAsync(pod, "cat /etc/resolv.conf")).Lines;
        Assert.Contains("nameserver 10.1.2.3", lines);
        Assert.Contains("nameserver fd00::1", lines);
        Assert.Contains("search a.example b.example", lines);
        Assert.Contains("options ndots:3 edns0", lines);
    }

    [Fact]
    public async Task Shared_memory_is_shared_by_the_pods_containers()
    {
        Pod pod = await RunHostNetworkPodAsync();
        await RunAsync(pod, "echo from-one > /dev/shm/message");

        Assert.Equal("from-one", (await RunAsync(pod, "cat /dev/shm/message")).Text);
    }

    [Fact]
    public async Task Shared_memory_is_a_tmpfs_of_64_MiB()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Matches(@"shm|tmpfs", (await RunAsync(pod, "grep ' /dev/shm ' /proc/mounts")).Text);
        Assert.Equal("65536", (await RunAsync(pod, "df -k /dev/shm | awk 'NR == 2 { print $2 }'")).Text);
    }

    [Fact]
    public async Task Sysctls_of_the_pods_namespaces_are_set()
    {
        Pod pod = await RunPodAsync(config =>
        {
            config.Linux.Sysctls.Add("net.ipv4.ip_unprivileged_port_start", "77");
            config.Linux.Sysctls.Add("kernel.shm_rmid_forced", "1");
        });

        Assert.Equal(["77", "1"], (await RunAsync(pod, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shm_rmid_forced")).Lines);
    }

    [Theory]
    [Trait("CVE", "2022-0811")]
    [InlineData("+")]
    [InlineData("\n")]
    [InlineData(",")]
    public async Task A_sysctls_value_brings_no_second_setting(string separator)
    {
        string before = File.ReadAllText("/proc/sys/kernel/core_pattern");
        try
        {
            await RunPodAsync(config => config.Linux.Sysctls.Add("kernel.shm_rmid_forced", $"1{separator}kernel.core_pattern=|/evil #"));
        }
        catch (CriException)
        {
            // Refused, which is as good.
        }

        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/core_pattern"));
    }

    [Fact]
    public async Task Loopback_works_in_the_pod()
    {
        Pod pod = await RunPodAsync();

        Assert.Contains("127.0.0.1", (await RunAsync(pod, "ip addr show lo && ping -c 1 -W 2 127.0.0.1")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_reported_is_the_interfaces()
    {
        Pod pod = await RunPodAsync();
        string ip = (await PodStatusAsync(pod.Id)).Network.Ip;

        Assert.Contains($"inet {ip}/", (await RunAsync(pod, "ip addr show eth0")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Containers_of_a_pod_share_the_network()
    {
        Pod pod = await RunPodAsync();
        await StartAsync(pod, Shell("while :; do echo hello | nc -l -p 8080; done"));

        string text = "";
        await Eventually.IsTrueAsync("the neighbour answers", async () =>
            (text = (await RunAsync(pod, "nc -w 2 127.0.0.1 8080 </dev/null || true")).Text).Length > 0);
        Assert.Equal("hello", text);
    }

    [Fact]
    public async Task The_host_reaches_a_pod()
    {
        Pod pod = await RunPodAsync();
        await StartAsync(pod, Shell("while :; do echo hello | nc -l -p 8080; done"));
        string ip = (await PodStatusAsync(pod.Id)).Network.Ip;

        await Eventually.IsTrueAsync("the pod answers", async () =>
            (await Command.RunAsync("/bin/busybox", ["nc", "-w", "2", ip, "8080"])).Output.Contains("hello", StringComparison.Ordinal));
    }
}
