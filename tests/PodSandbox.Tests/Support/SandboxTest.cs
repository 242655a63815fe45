using Keelson.Core;
using Keelson.PodSandbox.Tests.Fakes;

namespace Keelson.PodSandbox.Tests;

/// <summary>A node with one ready sandbox.</summary>
public abstract class SandboxTest : IAsyncLifetime
{
    internal FakeNode Node { get; private set; } = null!;

    internal SandboxId Sandbox { get; private set; }

    public async Task InitializeAsync()
    {
        Node = await FakeNode.StartAsync();
        Sandbox = await Node.RunAsync();
    }

    public async Task DisposeAsync() => await Node.DisposeAsync();
}
