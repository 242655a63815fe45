using Keelson.Linux;
using Keelson.Oci.Launch.Engine;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Launching;

/// <summary>
/// Runs launches on threads that may block: a mount in a plan can hang, and the loop must go on copying logs. Launches
/// follow one another on a single thread, which is all that most pods ever need; while launches hang, others get threads
/// of their own. The loop hands out each job itself, so it knows when there can be children that it does not know.
/// </summary>
internal sealed class Launcher : IEventSource
{
    private const int MaxThreads = 8;

    // Ten times what a launch takes: whoever is slower is waiting for something.
    private const long PatienceNanoseconds = 20_000_000;

    private const long IdleNanoseconds = 5_000_000_000;

    private readonly EventLoop _loop;
    private readonly ILaunchEngine _engine;
    private readonly SafeFd _done = EventFd.Create();
    private readonly List<LauncherThread> _threads = new(1);
    private readonly Queue<LaunchJob> _waiting = new();
    private readonly Action _jobFinished;
    private readonly LoopTimer _growth;
    private readonly LoopTimer _idleness;

    /// <summary>Starts the first thread.</summary>
    /// <param name="loop">Where finished jobs come back.</param>
    /// <param name="engine">Used by all threads.</param>
    /// <param name="jobFinished">Called after each job; perhaps no launch is under way any more.</param>
    public Launcher(EventLoop loop, ILaunchEngine engine, Action jobFinished)
    {
        _loop = loop;
        _engine = engine;
        _jobFinished = jobFinished;
        _growth = new LoopTimer(HandOut);
        _idleness = new LoopTimer(EndIdleThreads);
        loop.Add(_done, EpollSet.Readable, this);
        _threads.Add(new LauncherThread(engine, _done));
    }

    /// <summary>Whether any job is with a thread: there may be a child the loop does not know of.</summary>
    public bool IsBusy
    {
        get
        {
            foreach (LauncherThread thread in _threads)
            {
                if (thread.IsBusy)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void Submit(LaunchJob job)
    {
        _waiting.Enqueue(job);
        HandOut();
    }

    public void OnEvents(uint events)
    {
        EventFd.Clear(_done);
        LauncherThread? finished = FindFinished();
        if (finished is null)
        {
            return;
        }

        LaunchJob job = finished.TakeBack();
        try
        {
            job.Finish();
            _jobFinished();
        }
        finally
        {
            HandOut();
            if (_threads.Count > 1)
            {
                _loop.Arm(_idleness, IdleNanoseconds);
            }

            // One job a turn: what its end throws must not cost another job its own.
            if (FindFinished() is not null)
            {
                EventFd.Signal(_done);
            }
        }
    }

    public void OnFailure(Exception failure)
    {
        // The job's reply is lost; the threads and the queue are not.
    }

    private LauncherThread? FindFinished()
    {
        foreach (LauncherThread thread in _threads)
        {
            if (thread.HasFinished)
            {
                return thread;
            }
        }

        return null;
    }

    /// <summary>Gives waiting jobs to idle threads, or to one more where every thread has been at its job for long.</summary>
    private void HandOut()
    {
        while (_waiting.Count > 0)
        {
            long lastBegun = 0;
            LauncherThread? idle = null;
            foreach (LauncherThread thread in _threads)
            {
                lastBegun = Math.Max(lastBegun, thread.BusySinceNanoseconds);
                if (!thread.IsBusy)
                {
                    idle = thread;
                    break;
                }
            }

            if (idle is null && _threads.Count == MaxThreads)
            {
                return;
            }

            long wait = lastBegun + PatienceNanoseconds - Clock.MonotonicNanoseconds;
            if (idle is null && wait > 0)
            {
                _loop.Arm(_growth, wait);
                return;
            }

            if (idle is null)
            {
                idle = new LauncherThread(_engine, _done);
                _threads.Add(idle);
            }

            idle.HandOver(_waiting.Dequeue());
        }
    }

    /// <summary>Ends what has been idle since the last job's end, down to one thread.</summary>
    private void EndIdleThreads()
    {
        for (int i = _threads.Count - 1; i >= 0 && _threads.Count > 1; i--)
        {
            if (!_threads[i].IsBusy)
            {
                _threads[i].End();
                _threads.RemoveAt(i);
            }
        }
    }
}
