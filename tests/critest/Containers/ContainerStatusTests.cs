namespace Keelson.CriTest.Containers;

public sealed class ContainerStatusTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task The_status_returns_what_was_asked_for_to_the_letter()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("sleep 100"), config =>
        {
            config.Labels.Add("example.com/strange", "ünïcode \"quoted\" \\ value");
            config.Annotations.Add("example.com/json", """{"a": [1, 2], "b": "\u0000"}""");
            config.Metadata.Attempt = 2;
        });
        string id = await CreateAsync(pod, config);

        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(id, status.Id);
        Assert.Equal(config.Metadata, status.Metadata);
        Assert.Equal(config.Labels, status.Labels);
        Assert.Equal(config.Annotations, status.Annotations);
        Assert.Equal(pod.LogPath(config), status.LogPath);
    }

    [Fact]
    public async Task The_image_is_named_and_identified()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("true"), config => config.Image.UserSpecifiedImage = Target.ImageName);

        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.NotEmpty(status.Image.Image);
        Assert.NotEmpty(status.ImageRef);
    }

    [SkippableFact]
    public async Task The_image_id_is_the_one_the_pull_returned()
    {
        SkipOn("containerd", "image_id came with CRI 1.30");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("true"), config => config.Image.UserSpecifiedImage = "as-written-in-the-pod:1");

        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(Target.ImageId, status.ImageId);
        Assert.Equal("as-written-in-the-pod:1", status.Image.UserSpecifiedImage);
    }

    [Fact]
    public async Task Mounts_are_told_back()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string directory = Files.Sub("data");
        string id = await CreateAsync(pod, Shell("true"), config =>
        {
            config.Mounts.Add(Kubelet.Bind(directory, "/data", isReadonly: true));
            config.Mounts.Add(Kubelet.Bind(Files.Write("termination-log", ""), "/dev/termination-log"));
        });

        Cri.ContainerStatus status = await StatusAsync(id);
        Cri.Mount mount = status.Mounts.Single(mount => mount.ContainerPath == "/data");
        Assert.Equal(directory, mount.HostPath);
        Assert.True(mount.Readonly);
        Assert.Contains(status.Mounts, mount => mount.ContainerPath == "/dev/termination-log");
    }

    [SkippableFact]
    public async Task Limits_are_told_back()
    {
        SkipOn("containerd", "status.resources came with CRI 1.25 and is in containerd 1.7");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Linux.Resources = new()
        {
            CpuPeriod = 100000,
            CpuQuota = 20000,
            CpuShares = 204,
            MemoryLimitInBytes = 64 << 20,
            OomScoreAdj = 1000,
        });

        Cri.LinuxContainerResources applied = (await StatusAsync(id)).Resources.Linux;
        Assert.Equal(100000, applied.CpuPeriod);
        Assert.Equal(20000, applied.CpuQuota);
        Assert.Equal(204, applied.CpuShares);
        Assert.Equal(64 << 20, applied.MemoryLimitInBytes);
    }

    [SkippableFact]
    public async Task The_user_is_told_back()
    {
        SkipOn("containerd", "status.user came with CRI 1.31");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config =>
        {
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 };
            config.Linux.SecurityContext.RunAsGroup = new() { Value = 50 };
            config.Linux.SecurityContext.SupplementalGroups.Add(70);
        });

        Cri.LinuxContainerUser user = (await StatusAsync(id)).User.Linux;
        Assert.Equal(1000, user.Uid);
        Assert.Equal(50, user.Gid);
        Assert.Contains(70, user.SupplementalGroups);
    }

    [Fact]
    public async Task A_termination_message_reaches_the_hosts_file()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string message = Files.Write("termination-log", "");

        await RunAsync(pod, "printf 'the reason why' > /dev/termination-log; exit 4",
            config => config.Mounts.Add(Kubelet.Bind(message, "/dev/termination-log")));

        Assert.Equal("the reason why", File.ReadAllText(message));
    }

    [Fact]
    public async Task A_verbose_status_has_the_containers_pid()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod);

        Cri.ContainerStatusResponse status = await Client.ContainerStatusAsync(new() { ContainerId = id, Verbose = true });
        Assert.Matches("\"pid\": ?[1-9]", status.Info["info"]);
    }
}
