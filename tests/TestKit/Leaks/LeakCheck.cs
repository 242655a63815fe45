using System.Diagnostics;

namespace Keelson.TestKit;

/// <summary>Compares the host before and after; what is new and does not go away is a failure with the whole list.</summary>
public sealed class LeakCheck
{
    /// <summary>The kernel lets go of namespaces and links a little after the call that removed them has returned.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    private readonly LeakScope _scope;
    private readonly HostSnapshot _before;

    private LeakCheck(LeakScope scope, HostSnapshot before) => (_scope, _before) = (scope, before);

    public static async Task<LeakCheck> BeginAsync(LeakScope scope) => new(scope, await HostSnapshot.TakeAsync(scope));

    /// <summary>What was not there before and stays; empty where nothing leaked.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            HostSnapshot now = await HostSnapshot.TakeAsync(_scope);
            string[] left = [.. now.Things.Except(_before.Things).Order(StringComparer.Ordinal)];
            if (left.Length == 0 || Stopwatch.GetElapsedTime(start) > Settle)
            {
                return left;
            }

            await Task.Delay(20);
        }
    }

    public async Task AssertNothingLeftAsync()
    {
        IReadOnlyList<string> left = await FindAsync();
        if (left.Count > 0)
        {
            throw new LeakException(left);
        }
    }
}
