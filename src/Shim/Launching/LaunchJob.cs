using Keelson.Linux;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims;
using Keelson.Shim.Connections;

namespace Keelson.Shim.Launching;

/// <summary>
/// One launch on its way through a launcher thread: <see cref="Run"/> there, <see cref="Finish"/> back on the loop.
/// The job is touched by one of the two at a time.
/// </summary>
internal abstract class LaunchJob(PlanBytes plan, SafeFd? target, ReplyTo replyTo)
{
    private SafeFd? _stdin;
    private SafeFd? _stdout;
    private SafeFd? _stderr;
    private SafeFd? _terminalMount;

    public ReplyTo ReplyTo { get; } = replyTo;

    /// <summary>How it ended; the pidfd in it, if any, belongs to <see cref="Finish"/>.</summary>
    protected LaunchEngineResult Result { get; private set; }

    /// <summary>What failed, where it was no step of the plan.</summary>
    protected string? Error { get; private set; }

    protected Errno ErrorNumber { get; private set; }

    protected long StartedAtNanoseconds { get; private set; }

    /// <summary>Everything that may block: opening files, the launch itself.</summary>
    public void Run(ILaunchEngine engine)
    {
        try
        {
            Launch(engine);
        }
        catch (Exception failure)
        {
            // Crosses to the daemon as data; this thread has the next launch to do.
            Error = failure.Message;
            ErrorNumber = (failure as LinuxException)?.Errno ?? Errno.EIO;
        }
        finally
        {
            _stdin?.Dispose();
            _stdout?.Dispose();
            _stderr?.Dispose();
            _terminalMount?.Dispose();
            plan.Dispose();
        }
    }

    /// <summary>Registers the process, or undoes <see cref="OpenStreams"/>, and replies.</summary>
    public abstract void Finish();

    protected LaunchOutcome Outcome => Result.Launched
        ? new LaunchOutcome(Result.Pid, StartedAtNanoseconds, -1, 0, null)
        : new LaunchOutcome(0, 0, Error is null ? Result.FailedStep : -1, Error is null ? Result.Errno : (int)ErrorNumber, Error);

    /// <summary>Opens both ends of the process's streams and hands the process's ends to <see cref="UseStreams"/>.</summary>
    protected abstract void OpenStreams();

    /// <summary>The process's ends; owned by the job from here and closed when the launch is over.</summary>
    protected void UseStreams(SafeFd stdin, SafeFd stdout, SafeFd stderr)
    {
        _stdin = stdin;
        _stdout = stdout;
        _stderr = stderr;
    }

    /// <summary>The mount of the terminal's devpts, for the plan; owned by the job like the streams.</summary>
    protected void UseTerminalMount(SafeFd mount) => _terminalMount = mount;

    /// <summary>Gives what is to be supervised, where that is not the launched process itself. Still on the thread that may block.</summary>
    protected virtual LaunchEngineResult Follow(ILaunchEngine engine, LaunchEngineResult launched) => launched;

    private void Launch(ILaunchEngine engine)
    {
        if (!LaunchPlanImage.TryRead(plan.Memory, out LaunchPlanImage image))
        {
            Error = "the launch plan is of a version this shim does not know";
            ErrorNumber = Errno.ENOEXEC;
            return;
        }

        OpenStreams();
        bool held = false;
        try
        {
            // The target may end, and the loop close its pidfd, while the launch is under way.
            target?.DangerousAddRef(ref held);
            LaunchEngineResult launched = engine.Launch(image, new LaunchInputs
            {
                Stdin = _stdin!,
                Stdout = _stdout!,
                Stderr = _stderr!,
                Target = target,
                Extra = _terminalMount is null ? null : [_terminalMount],
            });
            Result = launched.Launched ? Follow(engine, launched) : launched;
            StartedAtNanoseconds = Clock.RealtimeNanoseconds;
        }
        finally
        {
            if (held)
            {
                target!.DangerousRelease();
            }
        }
    }
}
