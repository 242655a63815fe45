namespace Keelson.CriTest.Resources;

/// <summary>UpdatePodSandboxResources: the kubelet tells of a pod whose cgroup it has just changed.</summary>
public sealed class PodResourceTests(CriTarget target) : CriTest(target)
{
    [SkippableFact]
    public async Task An_update_can_be_told_again_and_leaves_the_pod_as_it_is()
    {
        RequireCall();
        Pod pod = await RunHostNetworkPodAsync();
        string container = await StartSleeperAsync(pod);
        Cri.PodSandboxStatus before = await PodStatusAsync(pod.Id);
        Cri.LinuxContainerResources limits = (await StatusAsync(container)).Resources.Linux;

        await UpdateAsync(pod.Id, new() { CpuPeriod = 100_000, CpuQuota = 50_000, CpuShares = 512, MemoryLimitInBytes = 256 << 20 });
        await UpdateAsync(pod.Id, new() { CpuPeriod = 100_000, CpuQuota = 50_000, CpuShares = 512, MemoryLimitInBytes = 256 << 20 });

        Assert.Equal(before, await PodStatusAsync(pod.Id));
        Assert.Equal(limits, (await StatusAsync(container)).Resources.Linux);
    }

    [SkippableFact]
    public async Task The_pods_cgroup_stays_as_the_kubelet_made_it()
    {
        RequireCall();
        using var cgroup = new PodCgroup();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.CgroupParent = cgroup.Path);
        string file = $"{Cgroups.Directory("memory", cgroup.Path)}/{(Cgroups.IsUnified ? "memory.max" : "memory.limit_in_bytes")}";
        string before = await File.ReadAllTextAsync(file);

        await UpdateAsync(pod.Id, new() { MemoryLimitInBytes = 256 << 20 });

        Assert.Equal(before, await File.ReadAllTextAsync(file));
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });
    }

    [SkippableFact]
    public async Task An_unknown_pod_is_NotFound()
    {
        RequireCall();
        await FailsAsync(CriStatus.NotFound, () => UpdateAsync("feedfacefeedface", new() { CpuShares = 2 }));
    }

    [SkippableFact]
    public async Task A_stopped_pod_and_impossible_values_are_refused()
    {
        RequireCall();
        SkipOn("cri-o", "takes what it is told, of any pod");
        SkipOn("containerd", "takes what it is told, of any pod");
        Pod pod = await RunHostNetworkPodAsync();

        CriException refused = await FailsAsync(CriStatus.InvalidArgument, () => UpdateAsync(pod.Id, new() { CpuPeriod = -5 }));
        Assert.Contains("resources.cpu_period", refused.Message, StringComparison.Ordinal);

        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await FailsAsync(CriStatus.FailedPrecondition, () => UpdateAsync(pod.Id, new() { CpuShares = 2 }));
    }

    private void RequireCall() => Skip.If(
        Target.RuntimeName == "containerd" && Target.RuntimeVersion < new Version(2, 2), $"containerd {Target.RuntimeVersion}: the call came with CRI 1.33");

    private Task UpdateAsync(string pod, Cri.LinuxContainerResources resources) =>
        Client.UpdatePodSandboxResourcesAsync(new() { PodSandboxId = pod, Overhead = new(), Resources = resources });
}
