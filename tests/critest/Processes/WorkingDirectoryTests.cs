namespace Keelson.CriTest.Processes;

public sealed class WorkingDirectoryTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task It_is_the_root_by_default()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("/", (await RunAsync(pod, "pwd")).Text);
    }

    [Fact]
    public async Task It_is_the_containers_where_given()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("/var/tmp", (await RunAsync(pod, "pwd", config => config.WorkingDir = "/var/tmp")).Text);
    }

    [Fact]
    public async Task One_that_does_not_exist_is_made()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("/made/on/the/way", (await RunAsync(pod, "pwd", config => config.WorkingDir = "/made/on/the/way")).Text);
    }

    [SkippableFact]
    public async Task It_is_the_images_where_the_container_has_none()
    {
        string image = await Images.PullAsync(Target, "busybox:config");
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("/srv/work", (await RunAsync(pod, "pwd", config => config.Image.Image = image)).Text);
    }
}
