using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Host;

namespace Keelson.PodSandbox.Tests.Root;

[Trait("needs", "root")]
public sealed class PodTests
{
    [SkippableFact]
    public async Task A_container_runs_writes_its_log_and_ends_with_its_code()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("one"), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId id = await pod.Runtime.CreateContainerAsync(pod.Container(sandbox, "echo hello; id; hostname; exit 3"), CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(ContainerState.Created, pod.Runtime.ContainerStatus(id).State);

        await pod.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.True(File.Exists(pod.Runtime.ContainerStatus(id).Identity.LogPath));
        ContainerSnapshot ended = await pod.EndOfAsync(id);
        Assert.Equal(3, ended.Status.ExitCode);
        Assert.Equal("Error", ended.Status.Reason);
        Assert.True(ended.Status.StartedAtNanoseconds > 0 && ended.Status.FinishedAtNanoseconds >= ended.Status.StartedAtNanoseconds);
        string log = File.ReadAllText(ended.Identity.LogPath);
        Assert.Contains(" stdout F hello", log, StringComparison.Ordinal);
        Assert.Contains("uid=0(root)", log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Exec_stop_update_and_stats_work_on_a_running_container()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("two"), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId id = await StartAsync(pod, sandbox, "trap 'exit 7' TERM; while true; do sleep 0.1; done");

        ExecSyncResult result = await pod.Runtime.ExecSyncAsync(id, ["/bin/sh", "-c", "echo out; echo err >&2; exit 5"], TimeSpan.FromSeconds(10), CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal("out\n"u8.ToArray(), result.Stdout.ToArray());
        Assert.Equal("err\n"u8.ToArray(), result.Stderr.ToArray());
        KeelsonException late = await Assert.ThrowsAsync<KeelsonException>(
            () => pod.Runtime.ExecSyncAsync(id, ["/bin/sleep", "60"], TimeSpan.FromMilliseconds(200), CancellationToken.None).WaitAsync(Samples.Patience));
        Assert.Equal(ErrorKind.DeadlineExceeded, late.Kind);

        await pod.Runtime.UpdateResourcesAsync(id, new LinuxResources { CpuShares = 256 }, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(256, pod.Runtime.ContainerStatus(id).Status.Resources.CpuShares);
        ContainerStats stats = Assert.Single(pod.Runtime.ListContainerStats(ContainerFilter.All));
        Assert.True(stats.MemoryWorkingSetBytes > 0);
        await pod.Runtime.ReopenLogAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        await pod.Runtime.StopContainerAsync(id, TimeSpan.FromSeconds(10), CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Equal(7, pod.Runtime.ContainerStatus(id).Status.ExitCode);
        await pod.Runtime.StopContainerAsync(id, TimeSpan.Zero, CancellationToken.None).WaitAsync(Samples.Patience);
        await pod.Runtime.RemoveContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Null(pod.Runtime.FindContainer(id.Value));
    }

    [SkippableFact]
    public async Task A_command_that_does_not_exist_leaves_the_container_exited_with_128_and_names_the_step()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("three"), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId id = await pod.Runtime.CreateContainerAsync(
            pod.Container(sandbox, "x", config => config with { Command = ["/no/such/program"] }), CancellationToken.None).WaitAsync(Samples.Patience);

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(
            () => pod.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience));

        Assert.Contains("/no/such/program", failure.Message, StringComparison.Ordinal);
        Assert.Contains("errno 2", failure.Message, StringComparison.Ordinal);
        ContainerStatus status = pod.Runtime.ContainerStatus(id).Status;
        Assert.Equal((ContainerState.Exited, 128, "StartError"), (status.State, status.ExitCode, status.Reason));
    }

    [SkippableFact]
    public async Task A_restarted_daemon_finds_what_runs_and_what_ended_meanwhile()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("four"), CancellationToken.None).WaitAsync(Samples.Patience);
        ContainerId stays = await StartAsync(pod, sandbox, "exec sleep 1000");
        ContainerId ends = await StartAsync(pod, sandbox, "sleep 0.5; exit 9", "ends");
        await pod.Runtime.DisposeAsync();
        await Task.Delay(1500);

        await pod.RestartAsync();

        Assert.Equal(ContainerState.Running, pod.Runtime.ContainerStatus(stays).State);
        Assert.Equal(9, (await pod.EndOfAsync(ends)).Status.ExitCode);
        Assert.True(pod.Runtime.SandboxStatus(sandbox).IsReady);
        Assert.Equal(0, (await pod.Runtime.ExecSyncAsync(stays, ["/bin/true"], TimeSpan.FromSeconds(10), CancellationToken.None).WaitAsync(Samples.Patience)).ExitCode);
    }

    [SkippableFact]
    public async Task What_a_killed_daemon_had_made_for_a_sandbox_is_taken_back()
    {
        RootPod.SkipUnlessPossible();
        await using RootPod pod = await RootPod.StartAsync();
        await pod.Runtime.DisposeAsync();
        var layout = new StateLayout(pod.Options.Root, pod.Options.State);
        string parent = pod.Options.CgroupParent + "/of-the-kubelet";
        var identity = new SandboxIdentity(SandboxId.New(), pod.Sandbox("six", hostNetwork: false) with { CgroupParent = parent }, 1, "another");
        var cgroups = new Cgroups(CgroupLayout.Detect(), TimeProvider.System);
        ICgroup cgroup = cgroups.Get(CgroupPath.Parse(parent).Child(identity.Id.Value));
        string pinned = new NetworkNamespaceNames(pod.Options.NetworkNamespaces, pod.Options.State).PathOf(identity.Id);
        var host = new LinuxHostResources();
        new SandboxStore(layout).Announce(identity);
        cgroup.Create();
        await host.CreateNetworkNamespaceAsync(pinned, []).WaitAsync(Samples.Patience);
        host.MountSharedMemory(layout.SharedMemory(identity.Id), 1 << 20);
        await using IShim shim = await new ShimHost(new ShimProgram(pod.Options.ShimBinary), layout).StartAsync(identity.Id, CancellationToken.None).WaitAsync(Samples.Patience);

        await pod.RestartAsync();

        await shim.Closed.WaitAsync(Samples.Patience);
        Assert.False(cgroup.Exists);
        Assert.False(File.Exists(pinned));
        Assert.DoesNotContain(layout.SharedMemory(identity.Id).Value, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.Empty(pod.Runtime.ListSandboxes(SandboxFilter.All));
        await cgroups.Get(CgroupPath.Parse(parent)).DeleteAsync(CancellationToken.None);
    }

    [SkippableFact]
    public async Task A_pod_gets_an_address_of_the_bridge_and_gives_it_back()
    {
        RootPod.SkipUnlessPossible(cni: true);
        await using RootPod pod = await RootPod.StartAsync();
        KeelsonException without = await Assert.ThrowsAsync<KeelsonException>(
            () => pod.Runtime.RunSandboxAsync(pod.Sandbox("five", hostNetwork: false), CancellationToken.None).WaitAsync(Samples.Patience));
        Assert.Equal(ErrorKind.Unavailable, without.Kind);
        Assert.Empty(pod.Runtime.ListSandboxes(SandboxFilter.All));

        pod.ConfigureBridge();
        Assert.True(pod.Runtime.NetworkStatus().Ready, pod.Runtime.NetworkStatus().Message);
        SandboxId sandbox = await pod.Runtime.RunSandboxAsync(pod.Sandbox("five", hostNetwork: false), CancellationToken.None).WaitAsync(Samples.Patience);
        string address = Assert.Single(pod.Runtime.SandboxStatus(sandbox).Status.Addresses);
        ContainerId id = await StartAsync(pod, sandbox, "ip -4 addr show eth0; hostname; cat /etc/resolv.conf; exec sleep 1000");
        ExecSyncResult shown = await pod.Runtime.ExecSyncAsync(id, ["/bin/ip", "-4", "addr", "show", "eth0"], TimeSpan.FromSeconds(10), CancellationToken.None).WaitAsync(Samples.Patience);
        Assert.Contains(address, System.Text.Encoding.UTF8.GetString(shown.Stdout.Span), StringComparison.Ordinal);

        await pod.Runtime.StopSandboxAsync(sandbox, CancellationToken.None).WaitAsync(Samples.Patience);

        Assert.Empty(pod.Runtime.SandboxStatus(sandbox).Status.Addresses);
        Assert.Equal(137, pod.Runtime.ContainerStatus(id).Status.ExitCode);
        Assert.Empty(Directory.EnumerateFiles("/run/netns", $"keelson-*{sandbox.Short}"));
        Assert.Empty(Directory.EnumerateFiles(pod.Root.Child("ipam").Value, "10.213.*", SearchOption.AllDirectories));
    }

    private static async Task<ContainerId> StartAsync(RootPod pod, SandboxId sandbox, string script, string name = "main")
    {
        ContainerId id = await pod.Runtime.CreateContainerAsync(
            pod.Container(sandbox, script, config => config with { Metadata = new ContainerMetadata(name, 0), LogPath = name + ".log" }), CancellationToken.None).WaitAsync(Samples.Patience);
        await pod.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        return id;
    }
}
