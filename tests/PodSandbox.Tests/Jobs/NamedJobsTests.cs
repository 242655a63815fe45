using Keelson.Core;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Jobs;

public sealed class NamedJobsTests
{
    private readonly NamedJobs<int> _jobs = new("sandbox");

    [Fact]
    public async Task A_second_request_joins_the_running_job()
    {
        var gate = new TaskCompletionSource();
        int runs = 0;
        Task<int> Run() => _jobs.RunAsync("a", "x", _ => true, async _ =>
        {
            runs++;
            await gate.Task;
            return 7;
        }, CancellationToken.None);

        Task<int> first = Run();
        Task<int> second = Run();
        gate.SetResult();

        int[] results = await Task.WhenAll(first, second).WaitAsync(Samples.Patience);
        Assert.Equal([7, 7], results);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_callers_deadline_ends_the_waiting_but_not_the_work_and_names_the_stage()
    {
        var gate = new TaskCompletionSource();
        using var deadline = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        Task<int> first = _jobs.RunAsync("a", "x", _ => true, async progress =>
        {
            progress.Enter("CNI ADD");
            entered.SetResult();
            await gate.Task;
            return 7;
        }, deadline.Token);
        await entered.Task.WaitAsync(Samples.Patience);
        await deadline.CancelAsync();

        KeelsonException late = await Assert.ThrowsAsync<KeelsonException>(() => first.WaitAsync(Samples.Patience));
        Assert.Equal(ErrorKind.DeadlineExceeded, late.Kind);
        Assert.Contains("stage 'CNI ADD'", late.Message, StringComparison.Ordinal);

        Task<int> retry = _jobs.RunAsync("a", "x", _ => true, _ => Task.FromResult(8), CancellationToken.None);
        gate.SetResult();
        Assert.Equal(7, await retry.WaitAsync(Samples.Patience));
    }

    [Fact]
    public async Task A_retry_after_the_end_gets_the_result_while_it_may_be_reused()
    {
        Assert.Equal(7, await RunAsync("x", 7));
        Assert.Equal(7, await RunAsync("x", 8));
        KeelsonException taken = await Assert.ThrowsAsync<KeelsonException>(
            () => _jobs.RunAsync("a", "x", _ => false, _ => Task.FromResult(9), CancellationToken.None));
        Assert.Equal(ErrorKind.AlreadyExists, taken.Kind);
    }

    [Fact]
    public async Task Other_content_under_a_taken_name_is_refused()
    {
        await RunAsync("x", 7);
        KeelsonException taken = await Assert.ThrowsAsync<KeelsonException>(() => RunAsync("y", 8));
        Assert.Equal(ErrorKind.AlreadyExists, taken.Kind);
        Assert.Contains("sandbox 7", taken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_frees_its_name()
    {
        await Assert.ThrowsAsync<KeelsonException>(() => _jobs.RunAsync(
            "a", "x", _ => true, _ => Task.FromException<int>(new KeelsonException(ErrorKind.Internal, "no")), CancellationToken.None));
        Assert.Equal(8, await RunAsync("y", 8));
    }

    [Fact]
    public async Task Only_the_holder_releases_a_name()
    {
        await RunAsync("x", 7);
        _jobs.Release("a", 6);
        Assert.Equal(7, await RunAsync("x", 8));
        _jobs.Release("a", 7);
        Assert.Equal(8, await RunAsync("x", 8));
    }

    [Fact]
    public async Task A_hundred_retries_of_a_hundred_names_run_each_once()
    {
        int runs = 0;
        int[] results = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => Task.Run(() => _jobs.RunAsync(
            $"n{i % 100}", "x", _ => true, async _ =>
            {
                Interlocked.Increment(ref runs);
                await Task.Yield();
                return i % 100;
            }, CancellationToken.None)))).WaitAsync(Samples.Patience);
        Assert.Equal(100, runs);
        Assert.All(results.Select((result, i) => (result, i)), pair => Assert.Equal(pair.i % 100, pair.result));
    }

    private Task<int> RunAsync(string fingerprint, int result) =>
        _jobs.RunAsync("a", fingerprint, _ => true, _ => Task.FromResult(result), CancellationToken.None).WaitAsync(Samples.Patience);
}
