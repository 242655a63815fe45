namespace Keelson.Images.Store;

/// <summary>
/// Runs one piece of work per key for everybody who asks at the same time. It goes on while somebody still waits, and
/// is cancelled when the last one has left.
/// </summary>
internal sealed class SharedWork<TKey, TResult>
    where TKey : notnull
{
    // Guards _running and the waiter counts of its entries.
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _running = [];

    /// <summary>Joins the work under <paramref name="key"/> or begins it with <paramref name="start"/>.</summary>
    internal async Task<TResult> RunAsync(TKey key, Func<CancellationToken, Task<TResult>> start, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            // Work that everybody has left is on its way out: it is not joined, a new one begins.
            if (!_running.TryGetValue(key, out entry!) || entry.Waiters == 0)
            {
                entry = new Entry();
                _running[key] = entry;
                entry.Work = StartAsync(key, entry, start);
            }

            entry.Waiters++;
        }

        try
        {
            return await entry.Work.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(entry);
        }
    }

    private async Task<TResult> StartAsync(TKey key, Entry entry, Func<CancellationToken, Task<TResult>> start)
    {
        // Off the caller's stack: the lock is held there.
        await Task.Yield();
        try
        {
            return await start(entry.Cancellation.Token);
        }
        finally
        {
            lock (_gate)
            {
                if (_running.TryGetValue(key, out Entry? current) && ReferenceEquals(current, entry))
                {
                    _running.Remove(key);
                }
            }
        }
    }

    private void Leave(Entry entry)
    {
        bool last;
        lock (_gate)
        {
            last = --entry.Waiters == 0;
        }

        if (last && !entry.Work.IsCompleted)
        {
            entry.Cancellation.Cancel();
            // Nobody is left to see how it ends.
            _ = entry.Work.ContinueWith(
                static work => _ = work.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private sealed class Entry
    {
        internal CancellationTokenSource Cancellation { get; } = new();

        internal Task<TResult> Work { get; set; } = null!;

        internal int Waiters { get; set; }
    }
}
