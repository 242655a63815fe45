using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace Keelson.CriTest;

/// <summary>
/// Base of every test: makes pods and containers the way a kubelet does, removes them when the test ends, and fails the test
/// that left something on the host or made the daemon log an error it did not expect.
/// </summary>
[Collection(CriCollection.Name)]
public abstract class CriTest(CriTarget target) : IAsyncLifetime
{
    private readonly List<string> _sandboxes = [];
    private LeakCheck? _leaks;

    protected CriTarget Target { get; } = target;

    protected CriClient Client => Target.Client;

    /// <summary>A directory of this test alone.</summary>
    protected TemporaryDirectory Files { get; } = new("critest");

    protected static string[] Shell(string script) => ["/bin/sh", "-c", script];

    public async Task InitializeAsync()
    {
        if (Target.Daemon is { } daemon)
        {
            daemon.ForgetLog();
            _leaks = await LeakCheck.BeginAsync(daemon.LeakScope);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (string id in _sandboxes)
        {
            await StopAndRemoveAsync(id);
        }

        Files.Dispose();
        if (_leaks is not null)
        {
            await _leaks.AssertNothingLeftAsync();
        }

        Target.Daemon?.AssertNoErrorsLogged();
    }

    private async Task StopAndRemoveAsync(string id)
    {
        try
        {
            await Client.StopPodSandboxAsync(new() { PodSandboxId = id });
            await Client.RemovePodSandboxAsync(new() { PodSandboxId = id });
        }
        catch (CriException e) when (e.Status == CriStatus.NotFound)
        {
            // The test removed it. That a runtime must not mind has its own test.
        }
    }

    /// <summary>Skips on a runtime that is known to do otherwise, and says what it does.</summary>
    protected void SkipOn(string runtime, string reason) =>
        Skip.If(Target.RuntimeName == runtime, $"{runtime} {Target.RuntimeVersion}: {reason}");

    protected Cri.PodSandboxConfig PodConfig(Action<Cri.PodSandboxConfig>? change = null) => Kubelet.Pod(Files.Sub("logs"), change);

    protected async Task<Pod> RunPodAsync(Action<Cri.PodSandboxConfig>? change = null) => await RunPodAsync(PodConfig(change));

    protected async Task<Pod> RunPodAsync(Cri.PodSandboxConfig config)
    {
        Cri.RunPodSandboxResponse made = await Client.RunPodSandboxAsync(new() { Config = config });
        _sandboxes.Add(made.PodSandboxId);
        return new Pod(made.PodSandboxId, config);
    }

    /// <summary>A pod on the host's network: what most tests need least of is a network.</summary>
    protected Task<Pod> RunHostNetworkPodAsync(Action<Cri.PodSandboxConfig>? change = null) => RunPodAsync(config =>
    {
        config.Linux.SecurityContext.NamespaceOptions.Network = Cri.NamespaceMode.Node;
        config.Hostname = "";
        change?.Invoke(config);
    });

    protected Cri.ContainerConfig ContainerConfig(Pod pod, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null) =>
        Kubelet.Container(pod.Config, Target.ImageId, command, change);

    protected async Task<string> CreateAsync(Pod pod, Cri.ContainerConfig config) =>
        (await Client.CreateContainerAsync(new() { PodSandboxId = pod.Id, Config = config, SandboxConfig = pod.Config })).ContainerId;

    protected Task<string> CreateAsync(Pod pod, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null) =>
        CreateAsync(pod, ContainerConfig(pod, command, change));

    protected async Task<string> StartAsync(Pod pod, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null)
    {
        string id = await CreateAsync(pod, command, change);
        await Client.StartContainerAsync(new() { ContainerId = id });
        return id;
    }

    /// <summary>A container that does nothing until it is stopped; it ends at once on SIGTERM.</summary>
    protected Task<string> StartSleeperAsync(Pod pod, Action<Cri.ContainerConfig>? change = null) =>
        StartAsync(pod, Shell("trap 'exit 0' TERM; while :; do sleep 0.05; done"), change);

    /// <summary>Runs a container to its end and returns what it said.</summary>
    protected async Task<Ran> RunAsync(Pod pod, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null)
    {
        Cri.ContainerConfig config = ContainerConfig(pod, command, change);
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        Cri.ContainerStatus status = await ExitOfAsync(id);
        string log = pod.LogPath(config);
        return new Ran(id, status, CriLog.Text(log), CriLog.Text(log, "stderr"));
    }

    protected Task<Ran> RunAsync(Pod pod, string script, Action<Cri.ContainerConfig>? change = null) => RunAsync(pod, Shell(script), change);

    protected async Task<Cri.ContainerStatus> StatusAsync(string id) =>
        (await Client.ContainerStatusAsync(new() { ContainerId = id })).Status;

    /// <summary>The host's number of the container's first process.</summary>
    protected async Task<int> PidAsync(string id)
    {
        string info = (await Client.ContainerStatusAsync(new() { ContainerId = id, Verbose = true })).Info["info"];
        using var json = JsonDocument.Parse(info);
        return json.RootElement.GetProperty("pid").GetInt32();
    }

    protected async Task<Cri.PodSandboxStatus> PodStatusAsync(string id) =>
        (await Client.PodSandboxStatusAsync(new() { PodSandboxId = id })).Status;

    protected Task<Cri.ContainerStatus> ExitOfAsync(string id, TimeSpan? within = null) =>
        Eventually.GetAsync($"container {id} exits", async () =>
            await StatusAsync(id) is { State: Cri.ContainerState.ContainerExited } status ? status : null, within ?? TimeSpan.FromSeconds(20));

    protected Task<Cri.ExecSyncResponse> ExecAsync(string id, params string[] command) => ExecAsync(id, 10, command);

    protected Task<Cri.ExecSyncResponse> ExecAsync(string id, long timeoutSeconds, params string[] command)
    {
        var request = new Cri.ExecSyncRequest { ContainerId = id, Timeout = timeoutSeconds };
        request.Cmd.Add(command);
        return Client.ExecSyncAsync(request);
    }

    /// <summary>The standard output of a command that must succeed in the container.</summary>
    protected async Task<string> OutputOfAsync(string id, string script)
    {
        Cri.ExecSyncResponse answer = await ExecAsync(id, Shell(script));
        Assert.True(answer.ExitCode == 0, $"exit code {answer.ExitCode}: {Utf8(answer.Stderr)}");
        return Utf8(answer.Stdout).TrimEnd('\n');
    }

    /// <summary>The call must fail with exactly this status.</summary>
    protected static async Task<CriException> FailsAsync(CriStatus status, Func<Task> call)
    {
        CriException e = await Assert.ThrowsAsync<CriException>(call);
        Assert.True(e.Status == status, $"expected {status}, got {e.Message}");
        return e;
    }

    /// <summary>The call must fail; runtimes differ in the status, and the kubelet does not look at it here.</summary>
    protected static Task<CriException> FailsAsync(Func<Task> call) => Assert.ThrowsAsync<CriException>(call);

    protected static string Utf8(ByteString bytes) => Encoding.UTF8.GetString(bytes.Span);
}
