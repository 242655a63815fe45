using Keelson.Linux;
using Keelson.Oci.Launch.Engine;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Launching;

/// <summary>
/// Runs launches one after the other on a thread that may block: a mount in a plan can hang, and the loop must go on
/// copying logs. The loop hands out each job itself, so between two jobs it knows every child there is.
/// </summary>
internal sealed class LauncherThread : IEventSource
{
    private const int StackBytes = 256 * 1024;

    private readonly ILaunchEngine _engine;
    private readonly PipePair _work = PipePair.Create();
    private readonly SafeFd _done = EventFd.Create();
    private readonly Queue<LaunchJob> _waiting = new();
    private readonly Action _becameIdle;
    private volatile LaunchJob? _current;

    /// <summary>Starts the thread.</summary>
    /// <param name="loop">Where finished jobs come back.</param>
    /// <param name="engine">Used by the thread alone.</param>
    /// <param name="becameIdle">Called between two jobs: no launch is under way.</param>
    public LauncherThread(EventLoop loop, ILaunchEngine engine, Action becameIdle)
    {
        _engine = engine;
        _becameIdle = becameIdle;
        loop.Add(_done, EpollSet.Readable, this);
        new Thread(Work, StackBytes) { IsBackground = true, Name = "launcher" }.Start();
    }

    /// <summary>Whether a job is with the thread: it may have a child the loop does not know of.</summary>
    public bool IsBusy => _current is not null;

    public void Submit(LaunchJob job)
    {
        if (IsBusy)
        {
            _waiting.Enqueue(job);
        }
        else
        {
            HandOver(job);
        }
    }

    public void OnEvents(uint events)
    {
        EventFd.Clear(_done);
        LaunchJob? finished = _current;
        _current = null;
        try
        {
            finished?.Finish();
            _becameIdle();
        }
        finally
        {
            if (!IsBusy && _waiting.TryDequeue(out LaunchJob? next))
            {
                HandOver(next);
            }
        }
    }

    public void OnFailure(Exception failure)
    {
        // The job's reply is lost; the thread and the queue are not.
    }

    private void HandOver(LaunchJob job)
    {
        _current = job;
        FdIO.Write(_work.Write, "w"u8, out _);
    }

    private void Work()
    {
        // A blocking read of a pipe is the whole synchronisation: the system calls order the accesses to _current.
        Span<byte> wake = stackalloc byte[1];
        while (FdIO.Read(_work.Read, wake, out _) == 1)
        {
            _current?.Run(_engine);
            EventFd.Signal(_done);
        }
    }
}
