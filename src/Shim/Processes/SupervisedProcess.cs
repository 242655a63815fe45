using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Processes;

/// <summary>A process launched by request, from its execve until it is forgotten.</summary>
internal sealed class SupervisedProcess : IEventSource, IKnownChild
{
    private readonly ShimContext _context;
    private readonly LaunchRequest _request;
    private readonly SafeFd _pidfd;
    private readonly ProcessStreams _streams;
    private readonly long _oomBaseline;
    private readonly Action<SupervisedProcess> _ended;
    private Registration _registration;

    /// <summary>Starts watching. Takes ownership of <paramref name="pidfd"/> and <paramref name="streams"/>.</summary>
    public SupervisedProcess(
        ShimContext context, LaunchRequest request, SupervisedStart start, SafeFd pidfd, ProcessStreams streams, Action<SupervisedProcess> ended)
    {
        _context = context;
        _request = request;
        _pidfd = pidfd;
        _streams = streams;
        _oomBaseline = start.OomBaseline;
        _ended = ended;
        Pid = start.Pid;
        StartedAtNanoseconds = start.StartedAtNanoseconds;
        context.Reaper.Add(Pid, this);
        _registration = context.Loop.Add(pidfd, EpollSet.Readable, this);
        streams.StartPumping(context, request.LogLineLimit);
    }

    public string Id => _request.ProcessId;

    public int Pid { get; }

    public long StartedAtNanoseconds { get; }

    /// <summary>How it ended; null while it runs.</summary>
    public ProcessExit? Exit { get; private set; }

    /// <summary>The running process, borrowed; null once it has ended.</summary>
    public SafeFd? RunningPidFd => Exit is null ? _pidfd : null;

    public void OnEvents(uint events) => CheckEnded();

    public void OnFailure(Exception failure)
    {
        // Reaping itself does not throw; what failed is a best effort after it. The end is recorded in any case.
    }

    public void CheckEnded()
    {
        if (Exit is null && PidFd.TryReap(_pidfd, out ChildExit exit))
        {
            RecordEnd(exit);
        }
    }

    /// <summary>Sends a signal to it, or to all in its cgroup; false when it has ended.</summary>
    public bool Signal(int signal, bool everyone)
    {
        if (Exit is not null)
        {
            return false;
        }

        const int SigKill = 9;
        if (!everyone || _request.KillCgroup is null)
        {
            return PidFd.TrySendSignal(_pidfd, signal) == Errno.None;
        }

        if (signal == SigKill)
        {
            CgroupSweep.Start(_context.Loop, _request.KillCgroup);
        }
        else
        {
            CgroupProcesses.Signal(_request.KillCgroup, signal);
        }

        return true;
    }

    /// <summary>Reopens the log; ESRCH after the end, ENOENT without a log.</summary>
    public Errno ReopenLog() => Exit is not null ? Errno.ESRCH : _streams.Log?.TryReopen() ?? Errno.ENOENT;

    /// <summary>Lets go of everything; only after the end.</summary>
    public void Forget() => _streams.Dispose();

    /// <summary>Order: last words into the log, why it ended, the record on disk, and only then anyone is told.</summary>
    private void RecordEnd(ChildExit exit)
    {
        _context.Reaper.Remove(Pid);
        _context.Loop.Remove(ref _registration, _pidfd);
        _pidfd.Dispose();
        _streams.Drain();
        bool oomKilled = OomCounter.Read(_request.OomCgroup) > _oomBaseline;
        Exit = new ProcessExit(Id, exit.ExitCode, exit.Signal, oomKilled, Clock.RealtimeNanoseconds);
        if (_request.ExitRecordPath is not null)
        {
            Errno error = ExitRecord.TryWrite(_request.ExitRecordPath, Exit);
            if (error != Errno.None)
            {
                // The end is still told and listed for as long as this shim lives.
                ShimLog.Write(new LinuxException("write exit record", _request.ExitRecordPath, error).Message);
            }
        }

        // In a pid namespace of its own nobody can be left; in a shared or the host's one, background children can.
        if (_request.KillCgroup is not null && CgroupProcesses.Any(_request.KillCgroup))
        {
            CgroupSweep.Start(_context.Loop, _request.KillCgroup);
        }

        _ended(this);
    }
}
