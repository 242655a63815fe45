namespace Keelson.CriTest.Containers;

public sealed class ContainerNameTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task The_same_name_twice_is_refused_or_gives_the_same_container()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("true"));
        string first = await CreateAsync(pod, config);

        try
        {
            Assert.Equal(first, await CreateAsync(pod, config));
        }
        catch (CriException e)
        {
            Assert.Contains(e.Status, (CriStatus[])[CriStatus.AlreadyExists, CriStatus.Unknown, CriStatus.FailedPrecondition]);
        }

        Assert.Single((await Client.ListContainersAsync(new() { Filter = new() { PodSandboxId = pod.Id } })).Containers);
    }

    [Fact]
    public async Task The_next_attempt_is_another_container()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("true"));
        string first = await CreateAsync(pod, config);
        config.Metadata.Attempt = 1;

        Assert.NotEqual(first, await CreateAsync(pod, config));
    }

    [Fact]
    public async Task A_name_is_free_again_after_the_removal()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("true"));
        string first = await CreateAsync(pod, config);
        await Client.RemoveContainerAsync(new() { ContainerId = first });

        Assert.NotEqual(first, await CreateAsync(pod, config));
    }

    [Fact]
    public async Task The_same_name_in_another_pod_is_another_name()
    {
        Pod one = await RunHostNetworkPodAsync();
        Pod two = await RunHostNetworkPodAsync();

        string first = await CreateAsync(one, ContainerConfig(one, Shell("true"), config => config.Metadata.Name = "same"));
        string second = await CreateAsync(two, ContainerConfig(two, Shell("true"), config => config.Metadata.Name = "same"));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_name_whose_creation_failed_is_free()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("true"), config => config.Image.Image = "sha256:" + new string('0', 64));
        await FailsAsync(() => CreateAsync(pod, config));

        config.Image.Image = Target.ImageId;
        await CreateAsync(pod, config);
    }
}
