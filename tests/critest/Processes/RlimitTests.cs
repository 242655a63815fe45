namespace Keelson.CriTest.Processes;

public sealed class RlimitTests(CriTarget target) : CriTest(target)
{
    /// <summary>Programs that close every possible descriptor take minutes under the limit of a daemon.</summary>
    [SkippableFact]
    public async Task A_container_and_its_execs_have_1024_descriptors_and_may_raise_that()
    {
        SkipOn("containerd", "gives on what its unit says");
        Pod pod = await RunHostNetworkPodAsync();
        const string script = "ulimit -Sn; ulimit -Sn 1500 && ulimit -Sn";
        string id = await StartSleeperAsync(pod);

        Assert.Equal(["1024", "1500"], (await RunAsync(pod, script)).Lines);
        Assert.Equal("1024\n1500\n", (await ExecAsync(id, Shell(script))).Stdout.ToStringUtf8());
    }
}
