using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Jobs;

public sealed class BlockingThreadsTests
{
    [Fact]
    public async Task Work_that_blocks_holds_up_no_other_and_no_thread_of_the_pool()
    {
        using var gate = new ManualResetEventSlim();
        Task<bool>[] blocked = [.. Enumerable.Range(0, 20).Select(_ => BlockingThreads.RunAsync(() =>
        {
            gate.Wait();
            return Thread.CurrentThread.IsThreadPoolThread;
        }))];

        Assert.Equal(7, await BlockingThreads.RunAsync(() => 7).WaitAsync(Samples.Patience));
        Assert.DoesNotContain(blocked, task => task.IsCompleted);

        gate.Set();
        Assert.All(await Task.WhenAll(blocked).WaitAsync(Samples.Patience), Assert.False);
    }

    [Fact]
    public async Task A_failure_reaches_who_waits_and_the_thread_goes_on()
    {
        for (int i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => BlockingThreads.RunAsync(() => throw new IOException("no disk"))).WaitAsync(Samples.Patience);
            Assert.Equal(i, await BlockingThreads.RunAsync(() => i).WaitAsync(Samples.Patience));
        }
    }

    [Fact]
    public async Task Every_piece_of_work_runs_once_whatever_the_number_of_callers()
    {
        int runs = 0;
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(() => BlockingThreads.RunAsync(() => { Interlocked.Increment(ref runs); }))))
            .WaitAsync(Samples.Patience);
        Assert.Equal(2000, runs);
    }
}
