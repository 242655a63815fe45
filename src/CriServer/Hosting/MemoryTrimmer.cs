using System.Runtime;
using Keelson.Linux;
using Microsoft.Extensions.Hosting;

namespace Keelson.CriServer.Hosting;

/// <summary>
/// Gives memory back that a burst of work has left behind. A daemon waits most of its life, and the collector alone
/// keeps what a pull or a large list once needed until it needs it again.
/// </summary>
internal sealed class MemoryTrimmer(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Allocated since the last time: enough that polling by a kubelet alone makes it happen every few minutes at most,
    /// and little enough that one pull does.
    /// </summary>
    private const long Worthwhile = 4L * 1024 * 1024;

    /// <summary>Allocated within one interval: above this a burst is still going on, and collecting would be in its way.</summary>
    private const long Quiet = 1L * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long trimmedAt = 0;
        long previous = 0;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            long allocated = GC.GetTotalAllocatedBytes();
            if (allocated - previous < Quiet && allocated - trimmedAt > Worthwhile)
            {
                Trim();
                trimmedAt = allocated;
            }

            previous = allocated;
        }
    }

    /// <summary>Some 6 ms in which no managed code runs.</summary>
    private static void Trim()
    {
        ProgramPages.GiveBack();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
