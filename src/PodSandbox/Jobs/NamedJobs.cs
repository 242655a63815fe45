using System.Diagnostics;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// Work keyed by the name it reserves. A second request with the same name and content joins the running job or gets
/// its result; the caller's deadline ends the waiting, never the work. So no name is "reserved" by nobody: it belongs
/// to a running job, which can be joined and says where it is, or to an object, which can be removed.
/// </summary>
/// <typeparam name="TResult">What the job makes: an id.</typeparam>
internal sealed class NamedJobs<TResult>(string what)
    where TResult : struct
{
    // Guards both tables.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Job> _running = [];
    private readonly Dictionary<string, Holder> _holders = [];

    /// <param name="name">The name to reserve.</param>
    /// <param name="fingerprint">Of the request's content; another one with the same name is refused.</param>
    /// <param name="reusable">Whether the finished object may be handed to a retry: it exists and nothing was done with it since.</param>
    /// <param name="work">The job. It gets no token of the caller.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="started">Called when it is this request's <paramref name="work"/> that runs, before it does.</param>
    /// <exception cref="KeelsonException">AlreadyExists, DeadlineExceeded, or what the job failed with.</exception>
    internal async Task<TResult> RunAsync(
        string name, string fingerprint, Func<TResult, bool> reusable, Func<JobProgress, Task<TResult>> work, CancellationToken cancellationToken, Action? started = null)
    {
        Job job;
        lock (_gate)
        {
            if (_running.TryGetValue(name, out Job? running))
            {
                job = running.Fingerprint == fingerprint
                    ? running
                    : throw new KeelsonException(
                        ErrorKind.AlreadyExists, $"{what} name '{name}': a request with other content is under way, {running.Progress}");
            }
            else if (_holders.TryGetValue(name, out Holder? holder))
            {
                return holder.Fingerprint == fingerprint && reusable(holder.Result)
                    ? holder.Result
                    : throw new KeelsonException(ErrorKind.AlreadyExists, $"{what} name '{name}': held by {what} {holder.Result}");
            }
            else
            {
                job = new Job(fingerprint);
                _running.Add(name, job);
                started?.Invoke();
                job.Task = Task.Run(() => RunJobAsync(name, job, work), CancellationToken.None);
            }
        }

        return await WaitAsync(name, job, cancellationToken);
    }

    /// <summary>Binds a name to an object that recovery found, or that a failed run had to keep.</summary>
    internal void Hold(string name, string fingerprint, TResult result)
    {
        lock (_gate)
        {
            _holders[name] = new Holder(fingerprint, result);
        }
    }

    /// <summary>Frees a name, if that object still holds it.</summary>
    internal void Release(string name, TResult result)
    {
        lock (_gate)
        {
            if (_holders.TryGetValue(name, out Holder? holder) && EqualityComparer<TResult>.Default.Equals(holder.Result, result))
            {
                _holders.Remove(name);
            }
        }
    }

    private async Task<TResult> WaitAsync(string name, Job job, CancellationToken cancellationToken)
    {
        try
        {
            return await job.Task!.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !job.Task!.IsCompleted)
        {
            throw new KeelsonException(
                ErrorKind.DeadlineExceeded, $"{what} '{name}': the request ended at {job.Progress}; the work goes on and a retry joins it");
        }
    }

    private async Task<TResult> RunJobAsync(string name, Job job, Func<JobProgress, Task<TResult>> work)
    {
        try
        {
            TResult result = await work(job.Progress);
            lock (_gate)
            {
                // Both in one step: at no moment is the name neither running nor held.
                _holders[name] = new Holder(job.Fingerprint, result);
                _running.Remove(name);
            }

            return result;
        }
        catch
        {
            lock (_gate)
            {
                _running.Remove(name);
            }

            throw;
        }
    }

    private sealed class Job(string fingerprint)
    {
        internal string Fingerprint { get; } = fingerprint;

        internal JobProgress Progress { get; } = new();

        internal Task<TResult>? Task { get; set; }
    }

    private sealed record Holder(string Fingerprint, TResult Result);
}
