using Keelson.Linux;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Shim.Launching;

/// <summary>A thread that may block, and one job at a time for it. All but the work itself happens on the loop's thread.</summary>
internal sealed class LauncherThread
{
    private const int StackBytes = 256 * 1024;

    private readonly ILaunchEngine _engine;
    private readonly SafeFd _done;
    private readonly PipePair _work = PipePair.Create();
    private LaunchJob? _job;
    private volatile bool _isDone;

    /// <summary>Starts the thread.</summary>
    /// <param name="engine">Runs the jobs.</param>
    /// <param name="done">Signalled when a job is done; borrowed.</param>
    public LauncherThread(ILaunchEngine engine, SafeFd done)
    {
        _engine = engine;
        _done = done;
        new Thread(Work, StackBytes) { IsBackground = true }.Start();
    }

    /// <summary>Whether it has a job: there may be a child the loop does not know of.</summary>
    public bool IsBusy => _job is not null;

    /// <summary>Whether its job is done and to be taken back.</summary>
    public bool HasFinished => _isDone;

    /// <summary>When it got its job, on the monotonic clock.</summary>
    public long BusySinceNanoseconds { get; private set; }

    /// <summary>Gives it a job; it has none.</summary>
    public void HandOver(LaunchJob job)
    {
        BusySinceNanoseconds = Clock.MonotonicNanoseconds;
        _job = job;
        FdIO.Write(_work.Write, "w"u8, out _);
    }

    /// <summary>Takes back the job that is done.</summary>
    public LaunchJob TakeBack()
    {
        LaunchJob job = _job!;
        _job = null;
        _isDone = false;
        return job;
    }

    /// <summary>Ends the thread, which has no job.</summary>
    public void End() => _work.Write.Dispose();

    private void Work()
    {
        ProcessAttributes.SetName("launcher"u8);

        // The pipe, one way, and the flag, the other, order the accesses to the job.
        Span<byte> wake = stackalloc byte[1];
        while (FdIO.Read(_work.Read, wake, out _) == 1)
        {
            _job!.Run(_engine);
            _isDone = true;
            EventFd.Signal(_done);
        }

        _work.Read.Dispose();
    }
}
