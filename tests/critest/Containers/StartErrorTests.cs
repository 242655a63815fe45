namespace Keelson.CriTest.Containers;

public sealed class StartErrorTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_command_that_does_not_exist_fails_the_start()
    {
        await FailsToStartAsync(["/no/such/command"], "no such file");
    }

    [Fact]
    public async Task A_command_not_found_on_the_path_fails_the_start()
    {
        await FailsToStartAsync(["no-such-command"], "no-such-command|not found|no such file");
    }

    [Fact]
    public async Task A_file_that_is_not_executable_fails_the_start()
    {
        await FailsToStartAsync(["/etc/passwd"], "permission denied");
    }

    [Fact]
    public async Task A_directory_is_not_a_command()
    {
        await FailsToStartAsync(["/etc"], "permission denied|is a directory");
    }

    [Fact]
    public async Task A_container_that_could_not_start_leaves_the_pod_usable()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, ["/no/such/command"]);
        await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));

        Assert.Equal("fine", (await RunAsync(pod, "echo fine")).Text);
        await Client.RemoveContainerAsync(new() { ContainerId = id });
    }

    private async Task FailsToStartAsync(string[] command, string message)
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, command);

        CriException e = await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));

        Assert.Matches($"(?i){message}", e.Detail);
        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(Cri.ContainerState.ContainerExited, status.State);
        Assert.Equal(128, status.ExitCode);
        Assert.Equal("StartError", status.Reason);
        Assert.Matches($"(?i){message}", status.Message);
        Assert.NotEqual(0, status.FinishedAt);
    }
}
