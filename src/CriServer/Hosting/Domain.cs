using Keelson.Images;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Hosting;

/// <summary>What the calls are served from.</summary>
/// <param name="Runtime">Sandboxes and containers.</param>
/// <param name="Images">Images.</param>
/// <param name="RecoverAsync">Reads what an earlier run has left; the runtime is ready when it returns.</param>
internal sealed record Domain(IPodRuntime Runtime, IImageService Images, Func<CancellationToken, Task> RecoverAsync) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await DisposeAsync(Runtime);
        await DisposeAsync(Images);
    }

    private static async ValueTask DisposeAsync(object part)
    {
        switch (part)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
            default:
                break;
        }
    }
}
