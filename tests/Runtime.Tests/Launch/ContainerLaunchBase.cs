namespace Keelson.Runtime.Tests.Launch;

/// <summary>A launcher, and a container for the tests that want one.</summary>
public abstract class ContainerLaunchBase : IDisposable
{
    private readonly Lazy<TestContainer> _container = new(() => new TestContainer());

    internal EngineHarness Harness { get; } = new();

    internal TestContainer Container => _container.Value;

    public void Dispose()
    {
        Harness.Dispose();
        if (_container.IsValueCreated)
        {
            _container.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
