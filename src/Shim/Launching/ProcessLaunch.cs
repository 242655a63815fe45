using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims;
using Keelson.Shim.Connections;
using Keelson.Shim.Processes;
using Keelson.Shim.Stdio;

namespace Keelson.Shim.Launching;

/// <summary>The launch of a container's or sandbox's process.</summary>
internal sealed class ProcessLaunch(
    LaunchRequest request, PlanBytes plan, PlanBytes? startPlan, SafeFd? target, ReplyTo replyTo, ProcessLaunch.Finished finished)
    : LaunchJob(plan, target, replyTo)
{
    private ProcessStreams? _streams;
    private long _oomBaseline;

    /// <summary>Receives the outcome, and what to supervise when the launch succeeded.</summary>
    internal delegate void Finished(ProcessLaunch launch, LaunchOutcome outcome, SupervisedStart start, SafeFd? pidfd, ProcessStreams? streams);

    public LaunchRequest Request { get; } = request;

    public override void Finish()
    {
        startPlan?.Dispose();
        if (!Result.Launched)
        {
            _streams?.Dispose();
            _streams = null;
        }

        var start = new SupervisedStart { Pid = Result.Pid, StartedAtNanoseconds = StartedAtNanoseconds, OomBaseline = _oomBaseline };
        finished(this, Outcome, start, Result.PidFd, _streams);
    }

    protected override LaunchEngineResult Follow(ILaunchEngine engine, LaunchEngineResult launched) => Request.PidFile is { } pidFile
        ? new CreatedProcess(engine).Start(launched, pidFile, startPlan!)
        : launched;

    protected override void OpenStreams()
    {
        _oomBaseline = OomCounter.Read(Request.OomCgroup);

        // First of all the log: it must exist when the start is reported, and a start without one is no start.
        CriLogFile? log = null;
        if (Request.LogPath is not null)
        {
            log = CriLogFile.TryOpen(Request.LogPath, out Errno error) ?? throw new LinuxException("open", Request.LogPath, error);
        }

        if (Request.Terminal != LaunchTerminal.None)
        {
            OpenTerminal(log);
        }
        else
        {
            OpenPipes(log);
        }
    }

    private void OpenTerminal(CriLogFile? log)
    {
        PseudoTerminal terminal = Request.Terminal == LaunchTerminal.OfContainer ? CreateInOwnMount() : PseudoTerminal.Create();
        _streams = new ProcessStreams { Log = log, Terminal = terminal.Master };
        UseStreams(terminal.Slave, terminal.Slave, terminal.Slave);
    }

    private PseudoTerminal CreateInOwnMount()
    {
        SafeFd mount = TerminalMount.Create(ContainerTerminals.MountOptions);
        UseTerminalMount(mount);
        return PseudoTerminal.CreateIn(mount);
    }

    private void OpenPipes(CriLogFile? log)
    {
        PipePair? stdin = Request.Stdin ? PipePair.Create() : null;
        PipePair? stdout = log is null ? null : PipePair.Create();
        PipePair? stderr = log is null ? null : PipePair.Create();
        _streams = new ProcessStreams { Log = log, Stdin = stdin?.Write, StdoutSource = stdout?.Read, StderrSource = stderr?.Read };
        UseStreams(stdin?.Read ?? Nothing(), stdout?.Write ?? Nothing(), stderr?.Write ?? Nothing());
    }

    // One of its own each time: the job closes what it hands to the process.
    private static SafeFd Nothing() => PlainFile.OpenDevice("/dev/null");
}
