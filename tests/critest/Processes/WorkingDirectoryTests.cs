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

    /// <summary>Prints the directory of this test if any way up from the working directory leads to it.</summary>
    private string LookForTheHost =>
        $"up=.; for level in 1 2 3 4 5 6 7 8; do ls -d $up{Files.HostPath} 2>/dev/null; up=$up/..; done; true";

    [Theory]
    [Trait("CVE", "2024-21626")]
    [InlineData("/proc/self/fd/{0}")]
    [InlineData("/proc/1/fd/{0}/../../..")]
    [InlineData("/proc/thread-self/fd/{0}")]
    public async Task It_is_never_the_hosts_through_a_descriptor(string path)
    {
        Pod pod = await RunHostNetworkPodAsync();
        for (int fd = 3; fd < 14; fd++)
        {
            string directory = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, fd);
            try
            {
                // Wherever it is: no way up leads to the directory of this test.
                Ran ran = await RunAsync(pod, LookForTheHost, config => config.WorkingDir = directory);
                Assert.Equal("", ran.Text);
            }
            catch (CriException)
            {
                // Refused, which is as good.
            }
        }
    }

    [Fact]
    [Trait("CVE", "2024-21626")]
    public async Task A_link_in_its_place_does_not_lead_a_command_to_the_host()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.WorkingDir = "/work");
        for (int fd = 3; fd < 14; fd++)
        {
            string link = $"rm -rf /work; ln -s /proc/self/fd/{fd} /work";
            try
            {
                await ExecAsync(id, Shell(link));
                Cri.ExecSyncResponse answer = await ExecAsync(id, Shell($"{LookForTheHost}; {link}"));
                Assert.Equal("", Utf8(answer.Stdout));
            }
            catch (CriException)
            {
                // Refused. The link stays, so every further command is as well.
                break;
            }
        }
    }
}
