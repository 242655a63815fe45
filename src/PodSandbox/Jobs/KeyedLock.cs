namespace Keelson.Sandboxes;

/// <summary>
/// Exclusion by key across awaits. A lock that nobody holds or waits for takes no memory. Where two are held, the
/// sandbox's is taken before the container's.
/// </summary>
internal sealed class KeyedLock<TKey>
    where TKey : notnull
{
    // Guards _holders and their counts.
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Holder> _holders = [];

    internal async ValueTask<Releaser> AcquireAsync(TKey key, CancellationToken cancellationToken)
    {
        Holder? holder;
        lock (_gate)
        {
            if (!_holders.TryGetValue(key, out holder))
            {
                _holders[key] = holder = new Holder();
            }

            holder.Users++;
        }

        try
        {
            await holder.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, holder, held: false);
            throw;
        }

        return new Releaser(this, key, holder);
    }

    private void Leave(TKey key, Holder holder, bool held)
    {
        lock (_gate)
        {
            if (held)
            {
                holder.Semaphore.Release();
            }

            if (--holder.Users == 0)
            {
                _holders.Remove(key);
                holder.Semaphore.Dispose();
            }
        }
    }

    internal sealed class Holder
    {
        internal SemaphoreSlim Semaphore { get; } = new(1, 1);

        internal int Users { get; set; }
    }

    /// <summary>Gives the lock back, once.</summary>
    internal sealed class Releaser(KeyedLock<TKey> owner, TKey key, Holder holder) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                owner.Leave(key, holder, held: true);
            }
        }
    }
}
