using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Shim.Connections;
using Keelson.Shim.Launching;

namespace Keelson.Shim.Exec;

/// <summary>The launch of an ExecSync's command.</summary>
internal sealed class ExecLaunch(ExecSyncRequest request, PlanBytes plan, SafeFd target, ReplyTo replyTo, ExecLaunch.Finished finished)
    : LaunchJob(plan, target, replyTo)
{
    private SafeFd? _stdout;
    private SafeFd? _stderr;

    /// <summary>Receives the outcome, and the descriptors when the launch succeeded.</summary>
    internal delegate void Finished(ExecLaunch launch, LaunchOutcome outcome, ExecDescriptors descriptors);

    public ExecSyncRequest Request { get; } = request;

    public override void Finish()
    {
        if (Result.Launched)
        {
            finished(this, Outcome, new ExecDescriptors(Result.PidFd!, _stdout!, _stderr!));
            return;
        }

        _stdout?.Dispose();
        _stderr?.Dispose();
        finished(this, Outcome, default);
    }

    protected override void OpenStreams()
    {
        PipePair stdout = PipePair.Create();
        _stdout = stdout.Read;
        PipePair stderr = PipePair.Create();
        _stderr = stderr.Read;
        UseStreams(PlainFile.OpenDevice("/dev/null"), stdout.Write, stderr.Write);
    }
}
