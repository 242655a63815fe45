using Keelson.Core;

namespace Keelson.Images;

/// <summary>Keeps an image's layers on disk until disposed.</summary>
public sealed class ImageLease : IDisposable
{
    private Action? _release;

    internal ImageLease(ResolvedImage image, Action release)
    {
        Image = image;
        _release = release;
    }

    /// <summary>The image, ready for a container.</summary>
    public ResolvedImage Image { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
