namespace Keelson.Integration;

/// <summary>What all integration tests share: a real registry with a real image. One test at a time, for the leak checks' sake.</summary>
public sealed class Machine : IAsyncLifetime
{
    private LocalRegistry? _registry;

    public LocalRegistry Registry => _registry ?? throw new InvalidOperationException("no registry runs");

    /// <summary>The busybox image as a pod names it.</summary>
    public string Image { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (LocalRegistry.MissingReason is null && BusyboxImage.MissingReason is null && Environment.UserName == "root")
        {
            _registry = await LocalRegistry.StartAsync();
            Image = await _registry.PushAsync(BusyboxImage.Create(), "keelson/busybox");
        }
    }

    public async Task DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }
}
