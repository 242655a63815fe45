using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.Oci.External;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Recovery;
using Keelson.Sandboxes.Stats;

namespace Keelson.Sandboxes;

/// <summary>
/// The pod runtime: one line per operation, each of which is a file of its own. Before <see cref="RecoverAsync"/> is
/// over every operation is refused with Unavailable.
/// </summary>
public sealed class PodRuntime : IPodRuntime, IAsyncDisposable
{
    private readonly PodContext _pod;
    private readonly RunSandbox _runSandbox;
    private readonly StopSandbox _stopSandbox;
    private readonly RemoveSandbox _removeSandbox;
    private readonly UpdateSandbox _updateSandbox;
    private readonly CreateContainer _createContainer;
    private readonly StartContainer _startContainer;
    private readonly StopContainer _stopContainer;
    private readonly RemoveContainer _removeContainer;
    private readonly UpdateContainer _updateContainer;
    private readonly ReopenContainerLog _reopenLog;
    private readonly ExecInContainer _exec;
    private readonly ContainerStatistics _statistics;
    private readonly SandboxStatistics _sandboxStatistics;
    private readonly Recover _recover;
    private readonly CancellationTokenSource _background = new();
    private Task _scan = Task.CompletedTask;
    private volatile bool _ready;
    private int _disposed;

    internal PodRuntime(PodContext pod, ContainerExits exits)
    {
        _pod = pod;
        _runSandbox = new RunSandbox(pod);
        _stopContainer = new StopContainer(pod, exits);
        _removeContainer = new RemoveContainer(pod, _stopContainer);
        _stopSandbox = new StopSandbox(pod, _stopContainer);
        _removeSandbox = new RemoveSandbox(pod, _stopSandbox, _removeContainer);
        _updateSandbox = new UpdateSandbox(pod);
        _createContainer = new CreateContainer(pod);
        _startContainer = new StartContainer(pod);
        _updateContainer = new UpdateContainer(pod);
        _reopenLog = new ReopenContainerLog(pod);
        _exec = new ExecInContainer(pod);
        _statistics = new ContainerStatistics(pod);
        _sandboxStatistics = new SandboxStatistics(pod, _statistics);
        _recover = new Recover(pod, exits);
    }

    /// <summary>Which layers containers stand on; right as soon as <see cref="RecoverAsync"/> is over.</summary>
    public ILayerUsers LayerUsers => _pod.Containers;

    /// <inheritdoc/>
    public bool IsReady => _ready;

    /// <summary>Takes over what an earlier daemon left: reads the records, finds the shims, sweeps up the rest. Call once.</summary>
    /// <exception cref="KeelsonException">The state directories cannot be used.</exception>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        _pod.ShimGroup.Open();
        await _recover.RunAsync(cancellationToken);
        _ready = true;
        _pod.Spare.Refill();
        _ = Task.Run(() => _pod.HandlerFeatures.AskAsync(_pod.Options.RuntimeHandlers.Values), CancellationToken.None);
        _scan = Task.Run(() => _pod.WritableLayers.RunAsync(_pod.Containers, _pod.Options.WritableLayerInterval, _background.Token), CancellationToken.None);
    }

    /// <inheritdoc/>
    public SandboxSnapshot? FindSandbox(string idOrPrefix) => Ready()._pod.Sandboxes.FindByPrefix(idOrPrefix)?.Snapshot;

    /// <inheritdoc/>
    public ContainerSnapshot? FindContainer(string idOrPrefix) => Ready()._pod.Containers.FindByPrefix(idOrPrefix)?.Snapshot;

    /// <inheritdoc/>
    public Task<SandboxId> RunSandboxAsync(SandboxConfig config, CancellationToken cancellationToken) =>
        Ready()._runSandbox.RunAsync(config, cancellationToken);

    /// <inheritdoc/>
    public Task StopSandboxAsync(SandboxId id, CancellationToken cancellationToken) =>
        RepeatableWork.EndAsync(Ready()._stopSandbox.StopAsync(id, cancellationToken));

    /// <inheritdoc/>
    public async Task RemoveSandboxAsync(SandboxId id, CancellationToken cancellationToken)
    {
        ImmutableArray<ContainerEntry> containers = Ready()._pod.Containers.Of(id);
        await RepeatableWork.EndAsync(_removeSandbox.RemoveAsync(id, cancellationToken));
        _sandboxStatistics.Forget(id);
        foreach (ContainerEntry container in containers)
        {
            _statistics.Forget(container.Id);
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<SandboxSnapshot> ListSandboxes(SandboxFilter filter) => Ready()._pod.Sandboxes.List(filter);

    /// <inheritdoc/>
    public SandboxSnapshot SandboxStatus(SandboxId id) => Ready()._pod.Sandboxes.Get(id).Snapshot;

    /// <inheritdoc/>
    public Task<string> SandboxInfoAsync(SandboxId id, CancellationToken cancellationToken)
    {
        SandboxSnapshot sandbox = SandboxStatus(id);
        string? result = _pod.Network.ResultOf(id.Value);
        return Task.FromResult(new JsonObject
        {
            ["sandboxID"] = id.Value,
            ["pid"] = sandbox.Status.PausePid,
            ["shimPid"] = _pod.Shims.TryGet(id)?.Pid,
            ["netNamespacePath"] = sandbox.Status.NetworkNamespacePath,
            ["cgroup"] = _pod.CgroupOf(sandbox.Identity).Path.Value,
            ["bootId"] = sandbox.Identity.BootId,
            ["cniResult"] = result is null ? null : JsonNode.Parse(result),
            ["overhead"] = Json(sandbox.Overhead),
            ["resources"] = Json(sandbox.Resources),
            ["config"] = JsonSerializer.SerializeToNode(sandbox.Config, StateJson.Default.SandboxConfig),
        }.ToJsonString());
    }

    /// <inheritdoc/>
    public Task UpdateSandboxResourcesAsync(SandboxId id, LinuxResources? overhead, LinuxResources? resources, CancellationToken cancellationToken) =>
        Ready()._updateSandbox.UpdateAsync(id, overhead, resources, cancellationToken);

    /// <inheritdoc/>
    public Task<ContainerId> CreateContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken) =>
        Ready()._createContainer.CreateAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task StartContainerAsync(ContainerId id, CancellationToken cancellationToken) => Ready()._startContainer.StartAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task StopContainerAsync(ContainerId id, TimeSpan grace, CancellationToken cancellationToken) =>
        RepeatableWork.EndAsync(Ready()._stopContainer.StopAsync(id, grace, cancellationToken));

    /// <inheritdoc/>
    public async Task RemoveContainerAsync(ContainerId id, CancellationToken cancellationToken)
    {
        await RepeatableWork.EndAsync(Ready()._removeContainer.RemoveAsync(id, cancellationToken));
        _statistics.Forget(id);
    }

    /// <inheritdoc/>
    public ImmutableArray<ContainerSnapshot> ListContainers(ContainerFilter filter) => Ready()._pod.Containers.List(filter);

    /// <inheritdoc/>
    public ContainerSnapshot ContainerStatus(ContainerId id) => Ready()._pod.Containers.Get(id).Snapshot;

    /// <inheritdoc/>
    public Task<string> ContainerInfoAsync(ContainerId id, CancellationToken cancellationToken)
    {
        ContainerEntry entry = Ready()._pod.Containers.Get(id);
        ContainerSnapshot container = entry.Snapshot;
        return Task.FromResult(new JsonObject
        {
            ["sandboxID"] = container.SandboxId.Value,
            ["pid"] = container.Status.Pid,
            ["upperDirectory"] = _pod.Layout.Writable(id).Child("upper").Value,
            ["config"] = JsonSerializer.SerializeToNode(container.Config with { Environment = [] }, StateJson.Default.ContainerConfig),
            ["runtimeSpec"] = entry.Spec is { } spec
                ? JsonNode.Parse(SpecJson.Serialize(spec.Runtime with { Process = spec.Runtime.Process! with { Env = [] } }))
                : null,
        }.ToJsonString());
    }

    /// <inheritdoc/>
    public Task UpdateResourcesAsync(ContainerId id, LinuxResources resources, CancellationToken cancellationToken) =>
        Ready()._updateContainer.UpdateAsync(id, resources, cancellationToken);

    /// <inheritdoc/>
    public Task ReopenLogAsync(ContainerId id, CancellationToken cancellationToken) => Ready()._reopenLog.ReopenAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task<ExecSyncResult> ExecSyncAsync(ContainerId id, ImmutableArray<string> command, TimeSpan timeout, CancellationToken cancellationToken) =>
        Ready()._exec.RunAsync(id, command, timeout, cancellationToken);

    /// <inheritdoc/>
    public ContainerStats ContainerStats(ContainerId id) => Ready()._statistics.Of(id);

    /// <inheritdoc/>
    public ImmutableArray<ContainerStats> ListContainerStats(ContainerFilter filter) => Ready()._statistics.List(filter);

    /// <inheritdoc/>
    public SandboxStats SandboxStats(SandboxId id) => Ready()._sandboxStatistics.Of(id);

    /// <inheritdoc/>
    public ImmutableArray<SandboxStats> ListSandboxStats(SandboxFilter filter) => Ready()._sandboxStatistics.List(filter);

    /// <inheritdoc/>
    public NetworkStatus NetworkStatus() => _pod.Network.Status();

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, OciFeatures?> RuntimeHandlers() => _pod.HandlerFeatures.Known;

    /// <inheritdoc/>
    public void UpdatePodCidr(string podCidr) => _pod.PodCidr = podCidr;

    /// <inheritdoc/>
    public IAsyncEnumerable<PodEvent> EventsAsync(CancellationToken cancellationToken) => Ready()._pod.Events.SubscribeAsync(cancellationToken);

    /// <summary>Ends the background work. Pods go on running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _background.CancelAsync();
        await _scan.ContinueWith(
            static finished => _ = finished.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await _pod.Spare.DisposeAsync();
        await _pod.Shims.DisconnectAllAsync();
        await _pod.ShimGroup.DisposeAsync();
        _background.Dispose();
    }

    private static JsonNode? Json(LinuxResources? resources) =>
        resources is null ? null : JsonSerializer.SerializeToNode(resources, StateJson.Default.LinuxResources);

    private PodRuntime Ready() => _ready ? this : throw new KeelsonException(ErrorKind.Unavailable, "server is not initialized yet: pods of an earlier run are being found");
}
