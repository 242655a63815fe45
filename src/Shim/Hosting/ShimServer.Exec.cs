using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Connections;
using Keelson.Shim.Exec;
using Keelson.Shim.Launching;

namespace Keelson.Shim.Hosting;

internal sealed partial class ShimServer
{
    /// <summary>Outputs up to this size travel in one piece with the rest of the answer.</summary>
    private const int CopiedOutputBytes = 32 * 1024;

    private void ExecSync(ExecSyncRequest request, ReadOnlySpan<byte> plan, ReplyTo replyTo)
    {
        SafeFd? target = _shutdown is null ? _processes.Find(request.TargetProcessId)?.RunningPidFd : null;
        if (target is null)
        {
            Fail(replyTo, Errno.ESRCH, $"exec in '{request.TargetProcessId}': it does not run");
            return;
        }

        _launcher.Submit(new ExecLaunch(request, new PlanBytes(plan), target, replyTo, ExecLaunched));
    }

    private void ExecLaunched(ExecLaunch launch, LaunchOutcome outcome, ExecDescriptors descriptors)
    {
        if (outcome.Launched && TryFollow(launch, ref outcome, descriptors))
        {
            return;
        }

        ShimCodec.WriteExecEnded(_writer.Begin(FrameKind.ExecEnded, launch.ReplyTo.RequestId), outcome, 0, timedOut: false, stdoutBytes: 0);
        _writer.UInt32(0);
        Send(launch.ReplyTo);
    }

    /// <summary>A command that cannot be followed, for want of memory or descriptors, must not run.</summary>
    private bool TryFollow(ExecLaunch launch, ref LaunchOutcome outcome, ExecDescriptors descriptors)
    {
        try
        {
            _execs.Add(new ExecSession(_context, launch.Request, outcome, descriptors, launch.ReplyTo, Answer));
            return true;
        }
        catch (LinuxException failure)
        {
            PidFd.TrySendSignal(descriptors.PidFd, SigKill);
            _context.Reaper.Remove(outcome.Pid);
            descriptors.PidFd.Dispose();
            descriptors.Stdout.Dispose();
            descriptors.Stderr.Dispose();
            outcome = new LaunchOutcome(0, 0, -1, (int)failure.Errno, failure.Message);
            return false;
        }
    }

    private void Answer(ExecSession exec)
    {
        _execs.Remove(exec);
        Connection connection = exec.ReplyTo.Connection;
        NativeBuffer stdout = exec.Stdout;
        NativeBuffer stderr = exec.Stderr;
        _writer.Begin(FrameKind.ExecEnded, exec.ReplyTo.RequestId);
        ShimCodec.WriteExecEnded(_writer, exec.Launch, exec.ExitCode, exec.TimedOut, stdout.Length);
        if (stdout.Length + stderr.Length <= CopiedOutputBytes)
        {
            _writer.Raw(stdout.Content).Bytes(stderr.Content);
            Send(exec.ReplyTo);
            _context.Scratch.Return(stdout);
            _context.Scratch.Return(stderr);
            return;
        }

        connection.Send(_writer.End(trailingBytes: stdout.Length + sizeof(uint) + stderr.Length).Span);
        Span<byte> stderrLength = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(stderrLength, (uint)stderr.Length);
        connection.SendOwned(stdout);
        connection.Send(stderrLength);
        connection.SendOwned(stderr);
    }

    private void CancelExec(ReplyTo replyTo)
    {
        // Still with the launcher, or answered meanwhile: then there is nothing to end.
        foreach (ExecSession exec in _execs)
        {
            if (exec.ReplyTo.Connection == replyTo.Connection && exec.ReplyTo.RequestId == replyTo.RequestId)
            {
                exec.Abort();
                return;
            }
        }
    }
}
