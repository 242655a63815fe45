namespace Keelson.CriTest.Processes;

/// <summary>How the image's entrypoint and command and the container's command and arguments make one command line.</summary>
public sealed class CommandTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task Command_and_arguments_are_joined()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, ["/bin/echo", "one"], config => config.Args.Add(["two  spaces", "$HOME", "*"]));

        Assert.Equal("one two  spaces $HOME *", ran.Text);
    }

    [Fact]
    public async Task The_images_command_runs_where_none_is_given()
    {
        Pod pod = await RunHostNetworkPodAsync();

        // The image's command is a shell; without input it ends at once.
        Assert.Equal(0, (await RunAsync(pod, (IEnumerable<string>)[])).Status.ExitCode);
    }

    [SkippableFact]
    public async Task Arguments_alone_follow_the_images_entrypoint()
    {
        string image = await Images.PullAsync(Target, "busybox:config");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, (IEnumerable<string>)[], config =>
        {
            config.Image.Image = image;
            config.Args.Add("echo from-arguments");
        });

        Assert.Equal("from-arguments", ran.Text);
    }

    [SkippableFact]
    public async Task A_command_replaces_entrypoint_and_command_of_the_image()
    {
        string image = await Images.PullAsync(Target, "busybox:config");
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("replaced", (await RunAsync(pod, ["/bin/echo", "replaced"], config => config.Image.Image = image)).Text);
    }

    [Fact]
    public async Task A_command_is_looked_for_on_the_containers_path()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("found", (await RunAsync(pod, ["echo", "found"])).Text);
    }

    [Fact]
    public async Task An_argument_may_be_long()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string argument = new('x', 100_000);

        Assert.Equal("100000", (await RunAsync(pod, ["/bin/sh", "-c", "printf %s \"$1\" | wc -c", "sh", argument])).Text);
    }

    [Fact]
    public async Task Arguments_may_be_many()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, ["/bin/sh", "-c", "echo $#", "sh", .. Enumerable.Range(0, 2000).Select(number => $"argument-{number}")]);

        Assert.Equal("2000", ran.Text);
    }
}
