namespace Keelson.Images.Store;

/// <summary>Layers that must stay; disposing lets them go.</summary>
internal sealed class LayerPins(Action release) : IDisposable
{
    private Action? _release = release;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
