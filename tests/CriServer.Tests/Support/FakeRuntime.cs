using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Keelson.Core;
using Keelson.Oci.External;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Support;

/// <summary>Sandboxes and containers in memory; writes down what it is asked to do.</summary>
internal sealed class FakeRuntime : IPodRuntime
{
    internal List<SandboxSnapshot> Sandboxes { get; } = [];

    internal List<ContainerSnapshot> Containers { get; } = [];

    internal List<PodEvent> Events { get; } = [];

    internal List<string> Asked { get; } = [];

    internal ExecSyncResult ExecResult { get; set; } = new(0, default, default);

    internal CreateContainerRequest? Creation { get; private set; }

    internal SandboxConfig? Run { get; private set; }

    public bool IsReady { get; set; } = true;

    public NetworkStatus Network { get; set; } = new(true, "", "");

    public SandboxSnapshot? FindSandbox(string idOrPrefix) => Sandboxes.Find(s => s.Id.Value.StartsWith(idOrPrefix, StringComparison.Ordinal));

    public ContainerSnapshot? FindContainer(string idOrPrefix) => Containers.Find(c => c.Id.Value.StartsWith(idOrPrefix, StringComparison.Ordinal));

    public Task<SandboxId> RunSandboxAsync(SandboxConfig config, CancellationToken cancellationToken)
    {
        Run = config;
        return Task.FromResult(Samples.SandboxId);
    }

    public Task StopSandboxAsync(SandboxId id, CancellationToken cancellationToken) => Note($"stop sandbox {id.Short}");

    public Task RemoveSandboxAsync(SandboxId id, CancellationToken cancellationToken) => Note($"remove sandbox {id.Short}");

    public ImmutableArray<SandboxSnapshot> ListSandboxes(SandboxFilter filter) =>
        [.. Sandboxes.Where(s => s.Id.Value.StartsWith(filter.IdPrefix, StringComparison.Ordinal) && (filter.Ready ?? s.IsReady) == s.IsReady)];

    public SandboxSnapshot SandboxStatus(SandboxId id) => Sandboxes.Single(s => s.Id == id);

    public Task<string> SandboxInfoAsync(SandboxId id, CancellationToken cancellationToken) => Task.FromResult("{\"pid\":1}");

    public Task UpdateSandboxResourcesAsync(SandboxId id, LinuxResources? overhead, LinuxResources? resources, CancellationToken cancellationToken) =>
        Note($"update sandbox {id.Short} {overhead?.MemoryLimitBytes} {resources?.CpuShares}");

    public Task<ContainerId> CreateContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken)
    {
        Creation = request;
        return Task.FromResult(Samples.ContainerId);
    }

    public Task StartContainerAsync(ContainerId id, CancellationToken cancellationToken) => Note($"start {id.Short}");

    public Task StopContainerAsync(ContainerId id, TimeSpan grace, CancellationToken cancellationToken) => Note($"stop {id.Short} {grace}");

    public Task RemoveContainerAsync(ContainerId id, CancellationToken cancellationToken) => Note($"remove {id.Short}");

    public ImmutableArray<ContainerSnapshot> ListContainers(ContainerFilter filter) =>
        [.. Containers.Where(c => c.SandboxId.Value.StartsWith(filter.SandboxIdPrefix, StringComparison.Ordinal))];

    public ContainerSnapshot ContainerStatus(ContainerId id) => Containers.Single(c => c.Id == id);

    public Task<string> ContainerInfoAsync(ContainerId id, CancellationToken cancellationToken) => Task.FromResult("{\"pid\":2}");

    public Task UpdateResourcesAsync(ContainerId id, LinuxResources resources, CancellationToken cancellationToken) =>
        Note($"update {id.Short} {resources.CpuShares}");

    public Task ReopenLogAsync(ContainerId id, CancellationToken cancellationToken) => Note($"reopen {id.Short}");

    public Task<ExecSyncResult> ExecSyncAsync(ContainerId id, ImmutableArray<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Asked.Add($"exec {id.Short} {string.Join(' ', command)} {timeout}");
        return Task.FromResult(ExecResult);
    }

    public ContainerStats ContainerStats(ContainerId id) => new() { Container = ContainerStatus(id), TimestampNanoseconds = 5, CpuUsageNanoseconds = 7 };

    public ImmutableArray<ContainerStats> ListContainerStats(ContainerFilter filter) => [.. ListContainers(filter).Select(c => ContainerStats(c.Id))];

    public ImmutableSortedDictionary<string, OciFeatures?> RuntimeHandlers() => ImmutableSortedDictionary<string, OciFeatures?>.Empty.Add("crun", new OciFeatures(true));

    public SandboxStats SandboxStats(SandboxId id) => new()
    {
        Sandbox = SandboxStatus(id),
        TimestampNanoseconds = 5,
        CpuUsageNanoseconds = 11,
        MemoryUsageBytes = 13,
        Pids = 3,
        Network = SandboxTraffic,
        Containers = ListContainerStats(new ContainerFilter { SandboxIdPrefix = id.Value }),
    };

    internal NetworkStats? SandboxTraffic { get; set; }

    public ImmutableArray<SandboxStats> ListSandboxStats(SandboxFilter filter)
    {
        Asked.Add($"stats of '{filter.IdPrefix}' {string.Join(' ', filter.Labels)}");
        return [.. ListSandboxes(filter).Select(s => SandboxStats(s.Id))];
    }

    public NetworkStatus NetworkStatus() => Network;

    public void UpdatePodCidr(string podCidr) => Asked.Add($"cidr {podCidr}");

    public async IAsyncEnumerable<PodEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (PodEvent happened in Events)
        {
            await Task.Yield();
            yield return happened;
        }
    }

    private Task Note(string what)
    {
        Asked.Add(what);
        return Task.CompletedTask;
    }
}
