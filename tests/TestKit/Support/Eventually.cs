using System.Diagnostics;

namespace Keelson.TestKit;

/// <summary>Waits for what must come true soon, without guessing how soon.</summary>
public static class Eventually
{
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> look, TimeSpan? within = null)
        where T : class
    {
        TimeSpan limit = within ?? TimeSpan.FromSeconds(10);
        long start = Stopwatch.GetTimestamp();
        for (int delay = 2; ; delay = Math.Min(delay * 2, 50))
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"not within {limit.TotalSeconds} s: {what}");
            }

            await Task.Delay(delay);
        }
    }

    public static Task IsTrueAsync(string what, Func<Task<bool>> look, TimeSpan? within = null) =>
        GetAsync(what, async () => await look() ? what : null, within);

    public static Task IsTrueAsync(string what, Func<bool> look, TimeSpan? within = null) =>
        GetAsync(what, () => Task.FromResult(look() ? what : null), within);
}
