using System.Collections.Concurrent;

namespace Keelson.Sandboxes.Stats;

/// <summary>CPU time per time, from one reading of a counter to the next.</summary>
internal sealed class CpuRates<TKey>
    where TKey : notnull
{
    /// <summary>Readings nearer together than this give no useful rate; the last one is repeated.</summary>
    private const long ShortestIntervalNanoseconds = 100_000_000;

    private readonly ConcurrentDictionary<TKey, Reading> _last = new();

    /// <summary>In billionths of a CPU; null at the first reading, and at one below the last.</summary>
    internal ulong? Next(TKey key, long now, ulong usage)
    {
        if (!_last.TryGetValue(key, out Reading? last))
        {
            _last[key] = new Reading(now, usage, null);
            return null;
        }

        long interval = now - last.Time;
        if (interval < ShortestIntervalNanoseconds)
        {
            return last.Rate;
        }

        ulong? rate = usage >= last.Usage ? (ulong)((usage - last.Usage) * 1e9 / interval) : null;
        _last[key] = new Reading(now, usage, rate);
        return rate;
    }

    internal void Forget(TKey key) => _last.TryRemove(key, out _);

    private sealed record Reading(long Time, ulong Usage, ulong? Rate);
}
