namespace Keelson.Integration.Security;

/// <summary>What the daemon's umask leaves of the modes of its files: to users of the host nothing, to users in containers what they need.</summary>
public sealed class StateDirectoryTests(Machine machine) : DaemonTest(machine)
{
    private const string Nobody = "65534";

    [SkippableTheory]
    [Trait("CVE", "2021-41103")]
    [Trait("CVE", "2024-25621")]
    [InlineData("000")]
    [InlineData("077")]
    public async Task Another_user_of_the_host_finds_the_socket_and_nothing_else(string umask)
    {
        Needs.Program("setpriv", "util-linux");
        await StartDaemonAsync(new DaemonOptions { Umask = umask });
        Pod pod = await RunPodAsync(HostNetwork);
        await StartAsync(pod, "chmod 4755 /bin/busybox; sleep 1000");

        // The daemon's directory of the test is private as well: the attack is on the daemon's own modes.
        string above = Path.GetDirectoryName(Daemon.Root)!;
        File.SetUnixFileMode(above, File.GetUnixFileMode(above) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        string[] root = await SeenAsync($"find {Daemon.Root}/ -mindepth 1");
        string[] state = await SeenAsync($"find {Daemon.State}/ -mindepth 1; ls -d {Daemon.State}/shims/*/*; ls -d {Daemon.SocketPath}; head -c 1 {Daemon.State}/keelson.lock");

        Assert.Empty(root);
        Assert.Equal([Daemon.SocketPath], state);
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(Daemon.SocketPath));
    }

    [SkippableTheory]
    [InlineData("000")]
    [InlineData("077")]
    public async Task A_user_in_a_container_reads_what_is_there_for_everyone(string umask)
    {
        await StartDaemonAsync(new DaemonOptions { Umask = umask });
        Pod pod = await RunPodAsync();
        Running container = await StartAsync(pod, """
            cat /etc/resolv.conf /etc/hosts /etc/hostname > /dev/null && ls / /etc > /dev/null && touch /tmp/mine /dev/shm/mine || exit 1
            stat -c '%a %n' /etc/hosts /etc/resolv.conf /made /tmp/mine
            """, config =>
        {
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 };
            config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/made", "/made"));
        });

        Assert.Equal(0, (await ExitOfAsync(container.Id)).ExitCode);
        Assert.Equal("644 /etc/hosts\n644 /etc/resolv.conf\n755 /made\n644 /tmp/mine", CriLog.Text(container.LogPath).TrimEnd('\n'));
    }

    private static async Task<string[]> SeenAsync(string script)
    {
        CommandResult result = await Command.RunAsync("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "/bin/sh", "-c", script]);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
