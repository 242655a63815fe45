using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Connections;
using Keelson.Shim.Launching;
using Keelson.Shim.Processes;

namespace Keelson.Shim.Hosting;

internal sealed partial class ShimServer
{
    private const int SigKill = 9;
    private const long ShutdownNanoseconds = 5_000_000_000;

    private ReplyTo? _shutdown;

    private void Launch(LaunchRequest request, ReadOnlySpan<byte> plan, ReadOnlySpan<byte> startPlan, ReplyTo replyTo)
    {
        if (_shutdown is not null)
        {
            Fail(replyTo, Errno.ESRCH, "the shim is shutting down");
            return;
        }

        SafeFd? target = null;
        if (request.TargetProcessId is not null && (target = _processes.Find(request.TargetProcessId)?.RunningPidFd) is null)
        {
            Fail(replyTo, Errno.ESRCH, $"launch '{request.ProcessId}': the process '{request.TargetProcessId}' it is to join does not run");
            return;
        }

        if (!_processes.TryReserve(request.ProcessId))
        {
            Fail(replyTo, Errno.EEXIST, $"launch '{request.ProcessId}': launched already");
            return;
        }

        _isUnused = false;
        _launcher.Submit(new ProcessLaunch(request, new PlanBytes(plan), request.PidFile is null ? null : new PlanBytes(startPlan), target, replyTo, LaunchFinished));
    }

    private void LaunchFinished(ProcessLaunch launch, LaunchOutcome outcome, SupervisedStart start, SafeFd? pidfd, ProcessStreams? streams)
    {
        if (pidfd is null || !TrySupervise(launch, ref outcome, start, pidfd, streams!))
        {
            _processes.Release(launch.Request.ProcessId);
        }

        ShimCodec.Write(_writer.Begin(FrameKind.Launched, launch.ReplyTo.RequestId), outcome);
        Send(launch.ReplyTo);
        if (_shutdown is not null)
        {
            _processes.Find(launch.Request.ProcessId)?.Signal(SigKill, everyone: true);
        }
    }

    /// <summary>A process that cannot be supervised, for want of memory or descriptors, must not run.</summary>
    private bool TrySupervise(ProcessLaunch launch, ref LaunchOutcome outcome, SupervisedStart start, SafeFd pidfd, ProcessStreams streams)
    {
        try
        {
            _processes.Set(new SupervisedProcess(_context, launch.Request, start, pidfd, streams, Ended));
            return true;
        }
        catch (LinuxException failure)
        {
            PidFd.TrySendSignal(pidfd, SigKill);
            _context.Reaper.Remove(start.Pid);
            streams.Dispose();
            pidfd.Dispose();
            outcome = new LaunchOutcome(0, 0, -1, (int)failure.Errno, failure.Message);
            return false;
        }
    }

    private void Ended(SupervisedProcess process)
    {
        ShimCodec.Write(_writer.Begin(FrameKind.Exited, 0), process.Exit!);
        ReadOnlySpan<byte> frame = _writer.End().Span;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            // Sending may close the connection and so shorten the list.
            if (_connections[i].IsOpen)
            {
                _connections[i].Send(frame);
            }
        }

        EndIfNothingRuns();
    }

    private void Signal(string id, int signal, bool everyone, ReplyTo replyTo)
    {
        SupervisedProcess? process = _processes.Find(id);
        if (process is null)
        {
            Fail(replyTo, Errno.ENOENT, $"signal '{id}': no such process");
            return;
        }

        bool delivered = process.Signal(signal, everyone);
        _writer.Begin(FrameKind.Signalled, replyTo.RequestId).Boolean(delivered);
        Send(replyTo);
    }

    private void ReopenLog(string id, ReplyTo replyTo)
    {
        SupervisedProcess? process = _processes.Find(id);
        Errno error = process is null ? Errno.ENOENT : process.ReopenLog();
        if (error == Errno.None)
        {
            Done(replyTo, FrameKind.LogReopened);
        }
        else
        {
            Fail(replyTo, error, new LinuxException("reopen log", id, error).Message);
        }
    }

    private void List(ReplyTo replyTo)
    {
        uint count = 0;
        foreach (SupervisedProcess _ in _processes.All)
        {
            count++;
        }

        _writer.Begin(FrameKind.Listed, replyTo.RequestId).UInt32(count);
        foreach (SupervisedProcess process in _processes.All)
        {
            ShimCodec.WriteListEntry(_writer, process.Id, process.Pid, process.StartedAtNanoseconds, process.Exit);
        }

        Send(replyTo);
    }

    private void Forget(string id, ReplyTo replyTo)
    {
        SupervisedProcess? process = _processes.Find(id);
        if (process is { Exit: null })
        {
            Fail(replyTo, Errno.EBUSY, $"forget '{id}': it still runs");
            return;
        }

        // Forgotten already is what was asked for: the daemon may have died before it read the first answer.
        if (process is not null)
        {
            process.Forget();
            _processes.Release(id);
        }

        Done(replyTo, FrameKind.Forgotten);
    }

    /// <summary>Kills what runs; the answer, and the end, come when everything has ended, or after a bound.</summary>
    private void Shutdown(ReplyTo replyTo)
    {
        if (_shutdown is not null)
        {
            Fail(replyTo, Errno.EBUSY, "the shim is shutting down");
            return;
        }

        _shutdown = replyTo;
        _loop.Arm(new LoopTimer(End), ShutdownNanoseconds);
        for (int i = _execs.Count - 1; i >= 0; i--)
        {
            _execs[i].Abort();
        }

        foreach (SupervisedProcess process in _processes.All)
        {
            process.Signal(SigKill, everyone: true);
        }

        EndIfNothingRuns();
    }

    private void EndIfNothingRuns()
    {
        if (_shutdown is null || _launcher.IsBusy)
        {
            return;
        }

        foreach (SupervisedProcess process in _processes.All)
        {
            if (process.Exit is null)
            {
                return;
            }
        }

        End();
    }

    private void End()
    {
        Leave();
        Done(_shutdown!.Value, FrameKind.ShuttingDown);
    }

    /// <summary>Takes no more connections; the loop returns after this turn.</summary>
    private void Leave()
    {
        _listener.Close();
        PlainFile.TryRemove(_options.SocketPath);
        _loop.Stop();
    }
}
