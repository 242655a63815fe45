using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Commands;

public sealed class CommandTests : IAsyncLifetime
{
    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        _daemon.Runtime.Sandboxes.Add(Samples.Sandbox);
        _daemon.Runtime.Containers.Add(Samples.Container);
        _daemon.Images.Records.Add(FakeImages.Record("docker.io/library/busybox:1.36"));
    }

    public Task DisposeAsync() => _daemon.DisposeAsync().AsTask();

    [Fact]
    public async Task Version_names_client_and_runtime()
    {
        (int exit, string output, _) = await Run("version");
        Assert.Equal(0, exit);
        Assert.Matches(@"^client: keelson \d\S+\nruntime: keelson \d\S+, CRI v1\n$", output);
    }

    [Fact]
    public async Task Status_fails_while_something_is_not_ready()
    {
        Assert.Equal(0, (await Run("status")).Exit);
        _daemon.Runtime.Network = new NetworkStatus(false, "NoConfiguration", "none in /etc/cni/net.d");
        (int exit, string output, _) = await Run("status");
        Assert.Equal(1, exit);
        Assert.Contains("NetworkReady   false    NoConfiguration   none in /etc/cni/net.d", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_asks_for_the_runtime_handler_it_is_told()
    {
        string logs = Directory.CreateTempSubdirectory("keelson-logs-").FullName;
        string pod = Path.Combine(logs, "pod.json");
        await File.WriteAllTextAsync(pod, $"{{\"logDirectory\": \"{logs}\"}}");
        try
        {
            await Run("run", "--pod-config", pod, "--runtime-handler", "crun", "docker.io/library/busybox:1.36");
            Assert.Equal("crun", _daemon.Runtime.Run!.RuntimeHandler);

            (int exit, _, string error) = await Run("run", "--pod-config", pod, "--runtime-handler", "kata", "docker.io/library/busybox:1.36");
            Assert.Equal(1, exit);
            Assert.Contains("'kata'", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(logs, recursive: true);
        }
    }

    [Theory]
    [InlineData("ps", "CONTAINER       IMAGE     CREATED", "ccccccccccccc   busybox")]
    [InlineData("pods", "POD             CREATED", "aaaaaaaaaaaaa")]
    [InlineData("images", "IMAGE                            ID              SIZE", "docker.io/library/busybox:1.36   bbbbbbbbbbbbb   4.1kB")]
    public async Task Lists_are_tables(string command, string heading, string row)
    {
        (int exit, string output, _) = await Run(command);
        Assert.Equal(0, exit);
        string[] lines = output.Split('\n');
        Assert.StartsWith(heading, lines[0], StringComparison.Ordinal);
        Assert.StartsWith(row, lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ps")]
    [InlineData("pods")]
    [InlineData("images")]
    [InlineData("version")]
    [InlineData("status")]
    [InlineData("stats")]
    public async Task Lists_are_JSON_when_asked(string command)
    {
        (int exit, string output, _) = await Run(command, "-o", "json");
        Assert.Equal(0, exit);
        using var json = System.Text.Json.JsonDocument.Parse(output);
    }

    [Fact]
    public async Task Inspect_shows_status_and_info_of_containers_pods_and_images()
    {
        Assert.Contains("\"reason\": \"OOMKilled\"", (await Run("inspect", "ccc")).Out, StringComparison.Ordinal);
        Assert.Contains("\"pid\": 1", (await Run("inspect", "pod")).Out, StringComparison.Ordinal);
        Assert.Contains("\"os\": \"linux\"", (await Run("inspect", "docker.io/library/busybox:1.36")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_prints_both_outputs_and_ends_with_the_commands_code()
    {
        _daemon.Runtime.ExecResult = new ExecSyncResult(7, "out\n"u8.ToArray(), "err\n"u8.ToArray());
        Assert.Equal((7, "out\n", "err\n"), await Run("exec", "app", "--", "ls", "-l"));
        Assert.Equal(["exec cccccccccccc ls -l 00:00:00"], _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task Stop_and_rm_take_names_and_ids_and_tell_containers_from_pods()
    {
        Assert.Equal((0, Samples.ContainerId + "\n", ""), await Run("stop", "-t", "3", "app"));
        Assert.Equal((0, Samples.ContainerId + "\n", ""), await Run("rm", "ccc"));
        Assert.Equal((0, Samples.SandboxId + "\n", ""), await Run("rm", "-f", "aaa"));
        Assert.Equal(
            ["stop cccccccccccc 00:00:03", "remove cccccccccccc", "stop sandbox aaaaaaaaaaaa", "remove sandbox aaaaaaaaaaaa"],
            _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task Rm_of_what_runs_needs_force()
    {
        (int exit, _, string error) = await Run("rm", "pod");
        Assert.Equal((2, "keelson: 'pod' is running: stop it first, or use --force\n"), (exit, error));
        Assert.Empty(_daemon.Runtime.Asked);
    }

    [Fact]
    public async Task Pull_prints_the_id_and_takes_credentials_from_the_environment()
    {
        (int exit, string output, string error) = await Run("pull", "registry.example/app");
        Assert.Equal((0, FakeImages.Busybox + "\n"), (exit, output));
        Assert.StartsWith("pulled registry.example/app in ", error, StringComparison.Ordinal);
        Assert.Equal("u", Assert.Single(_daemon.Images.Pulled).Credentials!.Username);
    }

    [Fact]
    public async Task Pull_in_a_terminal_shows_that_it_works_and_wipes_the_line_afterwards()
    {
        (int exit, string output, string error) = await CommandRunner.RunAsync(_daemon, interactive: true, "pull", "registry.example/app");
        Assert.Equal((0, FakeImages.Busybox + "\n"), (exit, output));
        Assert.StartsWith("pulling registry.example/app", error, StringComparison.Ordinal);
        Assert.Matches("\r\u001b\\[Kpulled registry.example/app in [0-9.]+ s\n$", error);
    }

    [Fact]
    public async Task Rmi_of_an_unknown_image_is_a_mistake_though_the_call_would_succeed()
    {
        Assert.Equal(1, (await Run("rmi", "nothing")).Exit);
        Assert.Empty(_daemon.Images.Removed);
        Assert.Equal(0, (await Run("rmi", FakeImages.Busybox.Value)).Exit);
        Assert.Equal([FakeImages.Busybox.Value], _daemon.Images.Removed);
    }

    [Theory]
    [InlineData(1, "stop", "nothing")]
    [InlineData(1, "inspect", "nothing")]
    [InlineData(125, "exec", "nothing", "true")]
    [InlineData(2, "exec", "app")]
    [InlineData(2, "ps", "-o", "yaml")]
    [InlineData(2, "frobnicate")]
    [InlineData(2, "ps", "-r", "tcp://x")]
    [InlineData(2, "completion", "csh")]
    [InlineData(0, "completion", "bash")]
    [InlineData(0, "exec", "--help")]
    [InlineData(0, "calls")]
    public async Task Exit_codes_tell_mistakes_of_the_command_line_from_answers_of_the_daemon(int expected, params string[] arguments)
    {
        (int exit, string output, string error) = await Run(arguments);
        Assert.Equal(expected, exit);
        Assert.Equal(expected == 0, output.Length > 0);
        Assert.Equal(expected != 0, error.Length > 0);
    }

    [Fact]
    public async Task Without_a_daemon_the_socket_is_named()
    {
        (int exit, _, string error) = await Run("ps", "-r", "unix:///nonexistent.sock");
        Assert.Equal((1, "keelson: Unavailable: '/nonexistent.sock': there is no such socket\n"), (exit, error));
    }

    [Fact]
    public async Task Config_check_names_the_mistakes_and_fails()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("c.yaml", "log:\n  levle: info\n");
        Assert.Equal((2, "", $"{file}:2: unknown key 'log.levle'; did you mean 'level'?\n"), await Run("config", "check", "-c", file));
        Assert.Equal(0, (await Run("config", "check", "-c", directory.Write("d.yaml", "log:\n  level: warn\n"))).Exit);
        Assert.Contains("level: warn  # ", (await Run("config", "dump", "-c", $"{directory.Path}/d.yaml")).Out, StringComparison.Ordinal);
    }

    private Task<(int Exit, string Out, string Error)> Run(params string[] arguments) => CommandRunner.RunAsync(_daemon, arguments);
}
