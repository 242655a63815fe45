using System.Diagnostics;

namespace Keelson.Integration.Restart;

public sealed class StopTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    public async Task SIGTERM_ends_the_daemon_and_leaves_containers_running()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync();
        Running container = await StartAsync(pod, "while :; do echo alive; sleep 0.05; done");

        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, await Daemon.StopAsync());
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        Assert.False(File.Exists(Daemon.SocketPath));
        long length = new FileInfo(container.LogPath).Length;
        await Eventually.IsTrueAsync("it is alive", () => new FileInfo(container.LogPath).Length > length);

        await StartAgainAsync();
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(container.Id)).State);
    }

    [SkippableFact]
    public async Task A_second_daemon_on_the_same_state_is_refused()
    {
        await StartDaemonAsync();

        using Process second = Daemon.Launch();
        await second.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.NotEqual(0, second.ExitCode);
        Daemon.ExpectError(".");
        Assert.Equal("v1", (await Client.VersionAsync(new())).RuntimeApiVersion);
    }

    [SkippableFact]
    public async Task A_socket_left_by_a_killed_daemon_is_no_obstacle()
    {
        await StartDaemonAsync();
        for (int time = 0; time < 3; time++)
        {
            await Daemon.KillAsync();
            Assert.True(File.Exists(Daemon.SocketPath));
            await StartAgainAsync();
        }
    }

    [SkippableFact]
    public async Task The_socket_is_for_root_and_its_group_alone()
    {
        await StartDaemonAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(Daemon.SocketPath));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Daemon.Root) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }
}
