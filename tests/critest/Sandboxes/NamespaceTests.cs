namespace Keelson.CriTest.Sandboxes;

public sealed class NamespaceTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_container_is_process_1_of_its_own_namespace()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("1", (await RunAsync(pod, "echo $$")).Text);
    }

    [Fact]
    public async Task A_shared_pid_namespace_shows_the_neighbours()
    {
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Pid = Cri.NamespaceMode.Pod);
        await StartAsync(pod, ["/bin/sleep", "4711"]);

        Ran ran = await RunAsync(pod, "echo $$; ps -o args");

        Assert.NotEqual("1", ran.Lines[0]);
        Assert.Contains("4711", ran.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_pid_namespace_is_had_where_asked()
    {
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Pid = Cri.NamespaceMode.Node);

        Assert.Equal(NamespaceOfHost("pid"), (await RunAsync(pod, "readlink /proc/self/ns/pid")).Text);
    }

    [Fact]
    public async Task The_hosts_ipc_namespace_is_had_where_asked()
    {
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Ipc = Cri.NamespaceMode.Node);

        Assert.Equal(NamespaceOfHost("ipc"), (await RunAsync(pod, "readlink /proc/self/ns/ipc")).Text);
    }

    [Fact]
    public async Task The_hosts_network_is_had_where_asked()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal(NamespaceOfHost("net"), (await RunAsync(pod, "readlink /proc/self/ns/net")).Text);
    }

    [Theory]
    [InlineData("net")]
    [InlineData("ipc")]
    [InlineData("uts")]
    public async Task Containers_of_a_pod_share_a_namespace_that_is_not_the_hosts(string kind)
    {
        Pod pod = await RunPodAsync();

        string one = (await RunAsync(pod, $"readlink /proc/self/ns/{kind}")).Text;
        string two = (await RunAsync(pod, $"readlink /proc/self/ns/{kind}")).Text;

        Assert.Equal(one, two);
        Assert.NotEqual(NamespaceOfHost(kind), one);
    }

    [Theory]
    [InlineData("mnt")]
    [InlineData("pid")]
    public async Task Containers_of_a_pod_have_a_namespace_each(string kind)
    {
        Pod pod = await RunPodAsync();
        string one = await StartSleeperAsync(pod);
        string two = await StartSleeperAsync(pod);

        Assert.NotEqual(
            await OutputOfAsync(one, $"readlink /proc/self/ns/{kind}"),
            await OutputOfAsync(two, $"readlink /proc/self/ns/{kind}"));
    }

    private static string NamespaceOfHost(string kind) => new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;
}
