using System.Collections.Concurrent;

namespace Keelson.Images.Layers;

/// <summary>
/// A bounded pipe between two stages of an unpack, one writer and one reader, either of which may be a thread that
/// blocks or a task that awaits. A stage that fails cancels the token everybody waits with.
/// </summary>
internal sealed class ChunkQueue(int capacity) : IDisposable
{
    private readonly ConcurrentQueue<Chunk> _chunks = new();
    private readonly SemaphoreSlim _free = new(capacity);
    private readonly SemaphoreSlim _filled = new(0);

    internal async ValueTask PutAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        _chunks.Enqueue(chunk);
        _filled.Release();
    }

    internal void Put(Chunk chunk, CancellationToken cancellationToken)
    {
        _free.Wait(cancellationToken);
        _chunks.Enqueue(chunk);
        _filled.Release();
    }

    /// <summary>No more chunks follow.</summary>
    internal void Complete()
    {
        _chunks.Enqueue(default);
        _filled.Release();
    }

    /// <summary>The next chunk, which the caller now owns; false after the last, and then again.</summary>
    internal bool TryTake(out Chunk chunk, CancellationToken cancellationToken)
    {
        _filled.Wait(cancellationToken);
        _chunks.TryDequeue(out chunk);
        if (chunk.Array is null)
        {
            Complete();
            return false;
        }

        _free.Release();
        return true;
    }

    /// <summary>Preconditions: both stages have ended.</summary>
    public void Dispose()
    {
        while (_chunks.TryDequeue(out Chunk chunk))
        {
            chunk.Return();
        }

        _free.Dispose();
        _filled.Dispose();
    }
}
