namespace Keelson.Integration.Security;

/// <summary>A log is a file of its own, whatever somebody has put in its place.</summary>
public sealed class LogPathTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    [Trait("CVE", "2026-53489")]
    public async Task A_link_in_the_logs_place_fails_the_start_and_writes_nothing()
    {
        await StartDaemonAsync();
        string victim = Files.Write("victim", "the host's");
        Pod pod = await RunPodAsync(HostNetwork);
        foreach (string target in (string[])[victim, $"{Files.HostPath}/missing"])
        {
            (string id, Cri.ContainerConfig config) = await CreateAsync(pod, Shell("echo evil"));
            File.CreateSymbolicLink(pod.LogPath(config), target);

            CriException e = await FailsAsync(() => Client.StartContainerAsync(new() { ContainerId = id }));

            Assert.Contains("symbolic link", e.Detail, StringComparison.OrdinalIgnoreCase);
            Assert.Equal("the host's", File.ReadAllText(victim));
            Assert.False(File.Exists($"{Files.HostPath}/missing"));
        }
    }

    [SkippableFact]
    [Trait("CVE", "2026-53489")]
    public async Task A_link_in_the_place_of_a_rotated_log_is_not_opened()
    {
        await StartDaemonAsync();
        string victim = Files.Write("victim", "the host's");
        Pod pod = await RunPodAsync(HostNetwork);
        Running container = await StartAsync(pod, "while :; do echo line; sleep 0.05; done");
        File.Move(container.LogPath, container.LogPath + ".1");
        File.CreateSymbolicLink(container.LogPath, victim);

        await FailsAsync(() => Client.ReopenContainerLogAsync(new() { ContainerId = container.Id }));
        long length = new FileInfo(container.LogPath + ".1").Length;
        await Eventually.IsTrueAsync("the old log goes on", () => new FileInfo(container.LogPath + ".1").Length > length);

        Assert.Equal("the host's", File.ReadAllText(victim));
    }

    [SkippableFact]
    [Trait("CVE", "2026-53489")]
    public async Task A_path_that_climbs_out_of_the_logs_directory_is_refused()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);

        await FailsAsync(() => CreateAsync(pod, Shell("echo evil"), config => config.LogPath = "main/../../../evil.log"));

        Assert.Empty(Directory.GetFiles(Files.HostPath, "evil.log", SearchOption.AllDirectories));
    }
}
