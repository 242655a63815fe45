using System.Net.Sockets;
using System.Text;
using Keelson.Core;
using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.Hosting;

public sealed class DaemonTests
{
    [Fact]
    public async Task Version_answers_all_four_fields()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Cri.VersionResponse version = await daemon.CallAsync(RuntimeMethods.Version, new Cri.VersionRequest { Version = "0.1.0" });
        Assert.Equal(("0.1.0", "keelson", "v1"), (version.Version, version.RuntimeName, version.RuntimeApiVersion));
        Assert.Matches(@"^\d+\.\d+\.\d+", version.RuntimeVersion);
    }

    [Fact]
    public async Task While_recovering_clients_are_told_to_wait_and_health_says_why()
    {
        var recovered = new TaskCompletionSource();
        await using TestDaemon daemon = await TestDaemon.StartAsync(recovery: _ => recovered.Task);
        daemon.Runtime.IsReady = false;
        Assert.Equal(StatusCode.Unavailable, await daemon.FailsAsync(RuntimeMethods.ListPodSandbox, new Cri.ListPodSandboxRequest()));
        Assert.Equal(StatusCode.Unavailable, await daemon.FailsAsync(ImageMethods.ImageFsInfo, new Cri.ImageFsInfoRequest()));
        Cri.StatusResponse status = await daemon.CallAsync(RuntimeMethods.Status, new Cri.StatusRequest());
        Cri.RuntimeCondition condition = status.Status.Conditions.Single(c => c.Type == "RuntimeReady");
        Assert.Equal((false, "Recovering"), (condition.Status, condition.Reason));

        daemon.Runtime.IsReady = true;
        recovered.SetResult();
        await daemon.CallAsync(RuntimeMethods.ListPodSandbox, new Cri.ListPodSandboxRequest());
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_state_is_refused_by_the_name_of_the_first()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        KeelsonException refusal = await Assert.ThrowsAsync<KeelsonException>(() => daemon.RunAsync().WaitAsync(Waits.Patience));
        Assert.Equal(ErrorKind.FailedPrecondition, refusal.Kind);
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
        await daemon.CallAsync(RuntimeMethods.Version, new Cri.VersionRequest());
    }

    [Fact]
    public async Task Stopping_ends_with_success_and_takes_the_socket_away_and_leaves_the_pods()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Runtime.Sandboxes.Add(Samples.Sandbox);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.False(File.Exists(daemon.SocketPath));
        Assert.Empty(daemon.Runtime.Asked);
        Assert.EndsWith("Daemon: Stopped\n", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovery_that_fails_ends_the_daemon_with_an_error()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            recovery: async _ =>
            {
                await Task.Delay(200);
                throw new KeelsonException(ErrorKind.Internal, "records are unreadable");
            });
        Assert.Equal(1, await daemon.EndAsync());
        Assert.Contains("records are unreadable", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directories_are_for_the_owner_and_the_socket_can_be_reached_through_its_directory()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode($"{daemon.Directory}/root"));
        Assert.Equal((UnixFileMode)0b111_001_001, File.GetUnixFileMode($"{daemon.Directory}/state"));
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(daemon.SocketPath));
    }

    [Fact]
    public async Task The_service_manager_hears_ready_alive_and_stopping()
    {
        using var directory = new TemporaryDirectory();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint($"{directory.Path}/notify"));
        string? Environment(string name) => name switch
        {
            "NOTIFY_SOCKET" => $"{directory.Path}/notify",
            "WATCHDOG_USEC" => "20000",
            _ => null,
        };
        await using TestDaemon daemon = await TestDaemon.StartAsync(environment: Environment);
        Assert.StartsWith("READY=1", await ReceiveAsync(manager), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));
        await daemon.StopAsync();
        string last;
        do
        {
            last = await ReceiveAsync(manager);
        }
        while (last == "WATCHDOG=1");

        Assert.StartsWith("STOPPING=1", last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Every_event_is_one_line(string format)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync($"log: {{ format: {format} }}");
        await daemon.FailsAsync(RuntimeMethods.ContainerStatus, new Cri.ContainerStatusRequest { ContainerId = "x\ny" });
        await daemon.StopAsync();
        string[] lines = daemon.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(format == "json" ? "^\\{\"time\":\".*\"\\}$" : @"^\d{4}-\d\d-\d\dT\S+Z \w+ Keelson\.", line));
        Assert.Contains(lines, line => line.Contains("NotFound", StringComparison.Ordinal) && line.Contains("x\\ny", StringComparison.Ordinal));
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int length = await socket.ReceiveAsync(buffer).WaitAsync(Waits.Patience);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
