using System.Text;

namespace Keelson.Integration;

/// <summary>
/// Base of every test: a daemon of its own, and afterwards the proof that neither it nor its pods left anything behind and
/// that it logged no error nobody expected.
/// </summary>
[Collection(MachineCollection.Name)]
public abstract class DaemonTest(Machine machine) : IAsyncLifetime
{
    private KeelsonDaemon? _daemon;
    private CriClient? _client;
    private LeakCheck? _leaks;

    protected Machine Machine { get; } = machine;

    protected TemporaryDirectory Files { get; } = new("it");

    protected KeelsonDaemon Daemon => _daemon ?? throw new InvalidOperationException("the test has not started its daemon");

    protected CriClient Client => _client ?? throw new InvalidOperationException("the test has no daemon to talk to");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_daemon is not null)
        {
            try
            {
                if (_daemon.IsRunning)
                {
                    await _daemon.RemoveAllPodsAsync();
                    await _leaks!.AssertNothingLeftAsync();
                }

                _daemon.AssertNoErrorsLogged();
            }
            finally
            {
                await _daemon.DisposeAsync();
            }

            await _leaks!.AssertNothingLeftAsync();
        }

        _client?.Dispose();
        Files.Dispose();
    }

    protected static string[] Shell(string script) => ["/bin/sh", "-c", script];

    protected async Task StartDaemonAsync(DaemonOptions? options = null)
    {
        Needs.Root();
        Skip.IfNot(LocalRegistry.MissingReason is null, LocalRegistry.MissingReason ?? "");
        Skip.IfNot(BusyboxImage.MissingReason is null, BusyboxImage.MissingReason ?? "");
        Skip.IfNot(File.Exists("/usr/lib/cni/bridge"), "needs CNI plugins (Debian: containernetworking-plugins)");
        _daemon = await KeelsonDaemon.StartAsync(options);
        Connect(_daemon.Endpoint);
        _leaks = await LeakCheck.BeginAsync(_daemon.LeakScope);
    }

    protected async Task StartAgainAsync()
    {
        await Daemon.StartAgainAsync();
        Connect(Daemon.Endpoint);
    }

    /// <summary>Talks to the daemon there from now on; a connection does not survive its daemon.</summary>
    protected void Connect(string endpoint)
    {
        _client?.Dispose();
        _client = new CriClient(endpoint);
    }

    protected Task<Cri.PullImageResponse> PullAsync(string? image = null) =>
        Client.PullImageAsync(new() { Image = new() { Image = image ?? Machine.Image } });

    protected async Task<Pod> RunPodAsync(Action<Cri.PodSandboxConfig>? change = null)
    {
        Cri.PodSandboxConfig config = Kubelet.Pod(Files.Sub("logs"), change);
        return new Pod((await Client.RunPodSandboxAsync(new() { Config = config })).PodSandboxId, config);
    }

    protected static void HostNetwork(Cri.PodSandboxConfig config)
    {
        config.Linux.SecurityContext.NamespaceOptions.Network = Cri.NamespaceMode.Node;
        config.Hostname = "";
    }

    protected async Task<(string Id, Cri.ContainerConfig Config)> CreateAsync(
        Pod pod, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null)
    {
        await PullAsync();
        Cri.ContainerConfig config = Kubelet.Container(pod.Config, Machine.Image, command, change);
        return ((await Client.CreateContainerAsync(new() { PodSandboxId = pod.Id, Config = config, SandboxConfig = pod.Config })).ContainerId, config);
    }

    protected async Task<Running> StartAsync(Pod pod, string script, Action<Cri.ContainerConfig>? change = null)
    {
        (string id, Cri.ContainerConfig config) = await CreateAsync(pod, Shell(script), change);
        await Client.StartContainerAsync(new() { ContainerId = id });
        return new Running(id, pod.LogPath(config));
    }

    protected async Task<Cri.ContainerStatus> StatusAsync(string id) =>
        (await Client.ContainerStatusAsync(new() { ContainerId = id })).Status;

    protected Task<Cri.ContainerStatus> ExitOfAsync(string id) => Eventually.GetAsync($"container {id} exits", async () =>
        await StatusAsync(id) is { State: Cri.ContainerState.ContainerExited } status ? status : null, TimeSpan.FromSeconds(20));

    protected async Task<string> OutputOfAsync(string id, string script)
    {
        var request = new Cri.ExecSyncRequest { ContainerId = id, Timeout = 10 };
        request.Cmd.Add(Shell(script));
        Cri.ExecSyncResponse answer = await Client.ExecSyncAsync(request);
        return Encoding.UTF8.GetString(answer.Stdout.Span).TrimEnd('\n');
    }

    protected static Task<CriException> FailsAsync(Func<Task> call) => Assert.ThrowsAsync<CriException>(call);
}
