using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// Repeatable work keyed by what it does to what: a second request joins the first, and a caller's deadline ends the
/// waiting only.
/// </summary>
internal sealed class JoinedWork
{
    // Guards the table.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Job> _running = [];

    /// <exception cref="KeelsonException">DeadlineExceeded, with the stage; or what the work failed with.</exception>
    internal async Task RunAsync(string key, Func<JobProgress, Task> work, CancellationToken cancellationToken)
    {
        Job? job;
        lock (_gate)
        {
            if (!_running.TryGetValue(key, out job))
            {
                _running[key] = job = new Job();
                Job started = job;
                job.Task = Task.Run(() => RunJobAsync(key, started, work), CancellationToken.None);
            }
        }

        try
        {
            await job.Task!.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !job.Task!.IsCompleted)
        {
            throw new KeelsonException(ErrorKind.DeadlineExceeded, $"{key}: the request ended at {job.Progress}; the work goes on and a retry joins it");
        }
    }

    private async Task RunJobAsync(string key, Job job, Func<JobProgress, Task> work)
    {
        try
        {
            await work(job.Progress);
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(key);
            }
        }
    }

    private sealed class Job
    {
        internal JobProgress Progress { get; } = new();

        internal Task? Task { get; set; }
    }
}
