namespace Keelson.CriTest.Runtime;

public sealed class StatusTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task Both_conditions_are_present_and_true()
    {
        Cri.StatusResponse status = await Client.StatusAsync(new());

        Assert.True(status.Status.Conditions.Single(condition => condition.Type == "RuntimeReady").Status);
        Assert.True(status.Status.Conditions.Single(condition => condition.Type == "NetworkReady").Status);
    }

    [Fact]
    public async Task Nothing_is_told_about_the_inside_unless_asked()
    {
        Cri.StatusResponse status = await Client.StatusAsync(new());

        Assert.Empty(status.Info);
    }

    [Fact]
    public async Task A_verbose_status_tells_the_configuration()
    {
        Cri.StatusResponse status = await Client.StatusAsync(new() { Verbose = true });

        Assert.NotEmpty(status.Info);
    }

    [SkippableFact]
    public async Task The_default_handler_is_listed_under_the_empty_name()
    {
        SkipOn("containerd", "runtime_handlers came with CRI 1.30");
        Cri.StatusResponse status = await Client.StatusAsync(new());

        Assert.Contains(status.RuntimeHandlers, handler => handler.Name.Length == 0);
    }

    [SkippableFact]
    public async Task The_cgroup_driver_is_told()
    {
        SkipOn("containerd", "RuntimeConfig came with CRI 1.28");
        Cri.RuntimeConfigResponse config = await Client.RuntimeConfigAsync(new());

        Assert.True(Enum.IsDefined(config.Linux.CgroupDriver));
    }

    [Fact]
    public async Task A_pod_cidr_is_accepted()
    {
        await Client.UpdateRuntimeConfigAsync(new() { RuntimeConfig = new() { NetworkConfig = new() { PodCidr = "10.244.0.0/24" } } });
    }

    [SkippableTheory]
    [InlineData("CheckpointPod")]
    [InlineData("RestorePod")]
    public async Task What_does_not_exist_yet_is_unimplemented(string method)
    {
        await FailsAsync(CriStatus.Unimplemented, () => method == "CheckpointPod"
            ? Client.CheckpointPodAsync(new())
            : Client.RestorePodAsync(new()));
    }
}
