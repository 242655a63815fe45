using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>A node whose kernel, shims and network are fakes, with real files in a directory of its own.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private FakeNode()
    {
        Options = new PodRuntimeOptions
        {
            Root = _directory.Path.Child("lib"),
            State = _directory.Path.Child("run"),
            ShimBinary = HostPath.Parse("/none"),
            NetworkNamespaces = _directory.Path.Child("netns"),
            CdiSpecDirectories = [_directory.Path.Child("cdi")],
            KillDeadline = TimeSpan.FromMilliseconds(500),
            ReconnectDeadline = TimeSpan.FromSeconds(2),
            UndoDeadline = TimeSpan.FromSeconds(5),

            // No test that counts shims meets one it did not ask for.
            SpareShim = false,
        };
        Layout = new StateLayout(Options.Root, Options.State);
    }

    internal PodRuntimeOptions Options { get; }

    internal StateLayout Layout { get; }

    internal NetworkNamespaceNames NamespaceNames => new(Options.NetworkNamespaces, Options.State);

    internal FakeHost Host { get; } = new();

    internal FakeShims Shims { get; } = new();

    internal FakeNetwork Network { get; } = new();

    internal FakeCgroups Cgroups { get; } = new();

    internal FakePlans Plans { get; } = new();

    internal PodRuntime Runtime { get; private set; } = null!;

    internal static async Task<FakeNode> StartAsync()
    {
        var node = new FakeNode();
        await node.RestartAsync();
        return node;
    }

    /// <summary>Another daemon on the same files, shims and kernel.</summary>
    internal async Task RestartAsync()
    {
        if (Runtime is not null)
        {
            await Runtime.DisposeAsync();
        }

        Runtime = PodRuntimeFactory.Create(Options, new PodRuntimeParts(Host, Shims, Network, Cgroups, Plans, Plans, NullLogger.Instance));
        await Runtime.RecoverAsync(CancellationToken.None).WaitAsync(Samples.Patience);
    }

    internal Task<SandboxId> RunAsync(SandboxConfig? config = null, CancellationToken cancellationToken = default) =>
        Runtime.RunSandboxAsync(config ?? Sandbox(), cancellationToken).WaitAsync(Samples.Patience, CancellationToken.None);

    internal SandboxConfig Sandbox(string name = "web", bool hostNetwork = false) =>
        Samples.Sandbox(name, hostNetwork: hostNetwork) with { LogDirectory = _directory.Path.Child("logs").Value };

    internal Task<ContainerId> CreateAsync(
        SandboxId sandbox, Func<ContainerConfig, ContainerConfig>? change = null, IDisposable? lease = null, ResolvedImage? image = null)
    {
        ContainerConfig config = change?.Invoke(Samples.Container()) ?? Samples.Container();
        return Runtime.CreateContainerAsync(
            new CreateContainerRequest { SandboxId = sandbox, Config = config, Image = image ?? Samples.Image(), Lease = lease }, CancellationToken.None).WaitAsync(Samples.Patience);
    }

    internal async Task<ContainerId> StartAsync(SandboxId sandbox, Func<ContainerConfig, ContainerConfig>? change = null)
    {
        ContainerId id = await CreateAsync(sandbox, change);
        await Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        return id;
    }

    internal async Task<ContainerSnapshot> WaitAsync(ContainerId id, ContainerState state)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (Runtime.ContainerStatus(id) is var container && container.State == state)
            {
                return container;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"container is {Runtime.ContainerStatus(id).State}, not {state}");
    }

    internal async Task WaitAsync(SandboxId id, SandboxState state)
    {
        for (int i = 0; i < 1000 && Runtime.SandboxStatus(id).State != state; i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(state, Runtime.SandboxStatus(id).State);
    }

    /// <summary>Nothing of the kernel, the network, the cgroups and the shims is held.</summary>
    internal void AssertNothingIsHeld()
    {
        Assert.Empty(Host.Namespaces);
        Assert.Empty(Host.SharedMemories);
        Assert.Empty(Network.Attached);
        Assert.Empty(Cgroups.Groups);
        Assert.Equal(0, Shims.Running);
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _directory.Dispose();
    }
}
