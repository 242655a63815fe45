using System.Diagnostics;

namespace Keelson.Sandboxes;

/// <summary>
/// The deadline of a stop under way. Several callers share it: each may bring it nearer, none may push it back, so
/// a kubelet that comes again with a shorter grace gets it.
/// </summary>
internal sealed class ContainerStop
{
    // Guards the deadline and the signal to re-read it.
    private readonly Lock _gate = new();
    private long _deadline;
    private TaskCompletionSource _shortened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ContainerStop(TimeSpan grace) => _deadline = DeadlineAfter(grace);

    /// <summary>The work that all callers wait for.</summary>
    internal Task? Work { get; set; }

    internal void Shorten(TimeSpan grace)
    {
        TaskCompletionSource? wake = null;
        lock (_gate)
        {
            long deadline = DeadlineAfter(grace);
            if (deadline < _deadline)
            {
                _deadline = deadline;
                wake = _shortened;
                _shortened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        wake?.SetResult();
    }

    /// <summary>Waits until <paramref name="ended"/> or the deadline, wherever it has been moved to.</summary>
    /// <returns>Whether it ended.</returns>
    internal async Task<bool> WaitAsync(Task ended)
    {
        while (!ended.IsCompleted)
        {
            TimeSpan left;
            Task shortened;
            lock (_gate)
            {
                left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _deadline);
                shortened = _shortened.Task;
            }

            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            using var delay = new CancellationTokenSource();
            await Task.WhenAny(ended, shortened, Task.Delay(left, delay.Token));
            await delay.CancelAsync();
        }

        return true;
    }

    // A grace of days (the kubelet sends 86400 s and more) must not overflow a timer.
    private static long DeadlineAfter(TimeSpan grace)
    {
        TimeSpan bounded = grace < TimeSpan.Zero ? TimeSpan.Zero : grace > TimeSpan.FromDays(20) ? TimeSpan.FromDays(20) : grace;
        return Stopwatch.GetTimestamp() + (long)(bounded.TotalSeconds * Stopwatch.Frequency);
    }
}
