using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Shim.Connections;
using Keelson.Shim.Hosting;
using Keelson.Shim.Processes;

namespace Keelson.Shim.Exec;

/// <summary>
/// A running ExecSync, from its execve to the answer. It is answered when the command has ended and both outputs have;
/// a background child that keeps an output open delays the answer by the drain timeout at most (GHSA-7jxh-36q5-gcqv).
/// </summary>
/// <remarks>
/// On timeout: stop the command, so that it forks no more and stays the reaper of its orphans; kill its descendants
/// until none is left; kill the command. What a command leaves behind after it ended in time is not touched: a hook
/// may start a daemon.
/// </remarks>
internal sealed class ExecSession : IEventSource, IKnownChild
{
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const long SweepIntervalNanoseconds = 5_000_000;
    private const int MaxSweeps = 200;

    private readonly ShimContext _context;
    private readonly ExecSyncRequest _request;
    private readonly LaunchOutcome _launch;
    private readonly SafeFd _pidfd;
    private readonly OutputCapture _stdout;
    private readonly OutputCapture _stderr;
    private readonly LoopTimer _deadline;
    private readonly LoopTimer _sweep;
    private readonly Action<ExecSession> _answer;
    private Registration _registration;
    private ProcessTree? _tree;
    private int _sweeps;
    private int _exitCode;
    private bool _hasEnded;
    private bool _isAnswered;

    /// <summary>Starts watching. Takes ownership of the descriptors.</summary>
    public ExecSession(
        ShimContext context, ExecSyncRequest request, LaunchOutcome launch, ExecDescriptors descriptors, ReplyTo replyTo, Action<ExecSession> answer)
    {
        _context = context;
        _request = request;
        _launch = launch;
        _pidfd = descriptors.PidFd;
        _answer = answer;
        ReplyTo = replyTo;
        _deadline = new LoopTimer(OnDeadline);
        _sweep = new LoopTimer(OnSweep);
        context.Reaper.Add(launch.Pid, this);
        _registration = context.Loop.Add(_pidfd, EpollSet.Readable, this);
        var budget = new OutputBudget(request.OutputLimit);
        _stdout = new OutputCapture(context.Loop, descriptors.Stdout, context.Scratch, budget, AnswerIfComplete);
        _stderr = new OutputCapture(context.Loop, descriptors.Stderr, context.Scratch, budget, AnswerIfComplete);
        if (request.Timeout > TimeSpan.Zero)
        {
            context.Loop.Arm(_deadline, Nanoseconds(request.Timeout));
        }
    }

    public ReplyTo ReplyTo { get; }

    public LaunchOutcome Launch => _launch;

    public int ExitCode => _exitCode;

    public bool TimedOut { get; private set; }

    public NativeBuffer Stdout => _stdout.Content;

    public NativeBuffer Stderr => _stderr.Content;

    public bool HasEnded => _hasEnded;

    public void OnEvents(uint events) => CheckEnded();

    public void OnFailure(Exception failure) => Abort();

    public void CheckEnded()
    {
        if (_hasEnded || !PidFd.TryReap(_pidfd, out ChildExit exit))
        {
            return;
        }

        _hasEnded = true;
        _exitCode = exit.ExitCode;
        _context.Reaper.Remove(_launch.Pid);
        _context.Loop.Remove(ref _registration, _pidfd);
        _pidfd.Dispose();
        _context.Loop.Disarm(_sweep);

        _stdout.Pump();
        _stderr.Pump();
        AnswerIfComplete();
        if (!_isAnswered)
        {
            // From here on the deadline is the drain's.
            _context.Loop.Arm(_deadline, Nanoseconds(_request.DrainTimeout));
        }
    }

    /// <summary>Ends it as a timeout does: because of one, or because nobody waits any more.</summary>
    public void Abort()
    {
        if (_hasEnded || TimedOut)
        {
            return;
        }

        TimedOut = true;
        PidFd.TrySendSignal(_pidfd, SigStop);
        _tree = new ProcessTree(_launch.Pid);
        OnSweep();

        // A process stuck in the kernel does not die; the answer does not wait for it.
        _context.Loop.Arm(_deadline, Nanoseconds(_request.DrainTimeout));
    }

    private static long Nanoseconds(TimeSpan time) => time.Ticks * 100;

    private void OnDeadline()
    {
        if (!_hasEnded && !TimedOut)
        {
            Abort();
            return;
        }

        Answer();
    }

    private void OnSweep()
    {
        if (_tree!.SignalDescendants(SigKill) > 0 && ++_sweeps < MaxSweeps)
        {
            _context.Loop.Arm(_sweep, SweepIntervalNanoseconds);
            return;
        }

        PidFd.TrySendSignal(_pidfd, SigKill);
    }

    private void AnswerIfComplete()
    {
        if (_hasEnded && _stdout.HasEnded && _stderr.HasEnded)
        {
            Answer();
        }
    }

    private void Answer()
    {
        if (_isAnswered)
        {
            return;
        }

        _isAnswered = true;
        _context.Loop.Disarm(_deadline);
        _stdout.Close();
        _stderr.Close();
        if (!_hasEnded)
        {
            _exitCode = 128 + SigKill;
        }

        _answer(this);
    }
}
