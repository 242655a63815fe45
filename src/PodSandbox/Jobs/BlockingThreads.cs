namespace Keelson.Sandboxes;

/// <summary>
/// Threads for work that blocks, and may block for ever: a path on a server that is gone, a program that has to end.
/// Never the pool's, which everything else needs. A thread that is done waits a while for more, because starting one
/// costs more than most of the work does: the runtime spins until it has begun.
/// </summary>
internal static class BlockingThreads
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    // Guards the list, last in first out so that the others get to end; held over no call that blocks.
    private static readonly Lock Gate = new();
    private static readonly List<Worker> Waiting = [];

    /// <summary>Runs <paramref name="work"/>; what it throws, the task throws.</summary>
    internal static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Hand(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Carried over to who waits for it, whatever it is.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    internal static Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    private static void Hand(Action work)
    {
        Worker? worker = null;
        lock (Gate)
        {
            if (Waiting.Count > 0)
            {
                worker = Waiting[^1];
                Waiting.RemoveAt(Waiting.Count - 1);
            }
        }

        if (worker is null)
        {
            worker = new Worker();
            new Thread(worker.Run) { IsBackground = true, Name = "blocking" }.Start();
        }

        worker.Give(work);
    }

    private sealed class Worker
    {
        // Guards the work; a monitor and no semaphore, which would spin before it sleeps.
        private readonly object _given = new();
        private Action? _work;

        internal void Give(Action work)
        {
            lock (_given)
            {
                _work = work;
                Monitor.Pulse(_given);
            }
        }

        internal void Run()
        {
            while (Next() is { } work)
            {
                work();
                lock (Gate)
                {
                    Waiting.Add(this);
                }
            }
        }

        /// <summary>Waits for more; null when none has come for long enough.</summary>
        private Action? Next()
        {
            lock (_given)
            {
                while (_work is null)
                {
                    // One that can't take itself off the list has been chosen: its work is on its way.
                    if (!Monitor.Wait(_given, Idle) && _work is null && Leave())
                    {
                        return null;
                    }
                }

                Action work = _work;
                _work = null;
                return work;
            }
        }

        private bool Leave()
        {
            lock (Gate)
            {
                return Waiting.Remove(this);
            }
        }
    }
}
