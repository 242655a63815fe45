using System.Net.Sockets;
using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Stats;

namespace Keelson.PodSandbox.Tests.Root;

[Trait("needs", "root")]
public sealed class PodStatisticsTests
{
    [SkippableFact]
    public async Task Traffic_is_that_of_the_pods_own_interface()
    {
        RootPod.SkipUnlessPossible(cni: true);
        await using RootPod pod = await RootPod.StartAsync();
        pod.ConfigureBridge();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("traffic", hostNetwork: false), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId id = await pod.Runtime.CreateContainerAsync(pod.Container(sandbox, "exec sleep 1000"), CancellationToken.None).WaitAsync(Samples.Patience);
        await pod.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        InterfaceCounters before = await SeenInsideAsync(pod, id);

        // Nobody listens: one packet in, one out, at least.
        using var client = new TcpClient();
        string address = Assert.Single(pod.Runtime.SandboxStatus(sandbox).Status.Addresses);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(address, 9).WaitAsync(Samples.Patience));

        InterfaceCounters told = pod.Runtime.SandboxStats(sandbox).Network!.Default;
        InterfaceCounters after = await SeenInsideAsync(pod, id);
        Assert.Equal("eth0", told.Name);
        Assert.InRange(told.ReceivedBytes, before.ReceivedBytes + 40, after.ReceivedBytes);
        Assert.InRange(told.SentBytes, before.SentBytes + 40, after.SentBytes);
        Assert.Equal((0UL, 0UL), (told.ReceiveErrors, told.SendErrors));
    }

    [SkippableFact]
    public async Task A_number_that_is_another_processs_by_now_gives_no_traffic()
    {
        RootPod.SkipUnlessPossible(cni: true);
        await using RootPod pod = await RootPod.StartAsync();
        pod.ConfigureBridge();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("reused", hostNetwork: false), CancellationToken.None).WaitAsync(Samples.Patience);
        SandboxStatus status = pod.Runtime.SandboxStatus(sandbox).Status;
        var host = new Keelson.Sandboxes.Host.LinuxHostResources();

        Assert.Contains(host.ReadInterfaces(status.PausePid, status.NetworkNamespacePath), found => found.Name == "eth0");
        Assert.Empty(host.ReadInterfaces(Environment.ProcessId, status.NetworkNamespacePath));
        Assert.Empty(host.ReadInterfaces(int.MaxValue, status.NetworkNamespacePath));
        Assert.False(NetworkNamespace.HasMember(pod.Root.Child("none").Value, status.PausePid));
    }

    [SkippableFact]
    public async Task A_busy_pod_uses_cpu_memory_and_processes_and_so_does_its_container()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("busy"), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId id = await pod.Runtime.CreateContainerAsync(pod.Container(sandbox, "while true; do true; done"), CancellationToken.None).WaitAsync(Samples.Patience);
        await pod.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Null(pod.Runtime.SandboxStats(sandbox).CpuUsageNanoCores);
        await Task.Delay(500);

        SandboxStats stats = Assert.Single(pod.Runtime.ListSandboxStats(SandboxFilter.All));

        ContainerStats container = Assert.Single(stats.Containers);
        Assert.True(stats.CpuUsageNanoseconds > container.CpuUsageNanoseconds && stats.CpuUsageNanoCores > 10_000_000, stats.ToString());
        Assert.True(stats.MemoryUsageBytes > container.MemoryUsageBytes && stats.MemoryWorkingSetBytes > 0, stats.ToString());
        Assert.Null(stats.Network);

        // Pause and the shell.
        Assert.Equal(2UL, stats.Pids);
    }

    private static async Task<InterfaceCounters> SeenInsideAsync(RootPod pod, ContainerId id)
    {
        ExecSyncResult shown = await pod.Runtime.ExecSyncAsync(id, ["/bin/cat", "/proc/net/dev"], TimeSpan.FromSeconds(10), CancellationToken.None).WaitAsync(Samples.Patience);
        return InterfaceTable.Parse(Encoding.UTF8.GetString(shown.Stdout.Span)).Single(found => found.Name == "eth0");
    }
}
