using Keelson.Linux;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Connections;
using Keelson.Shim.Exec;
using Keelson.Shim.Launching;
using Keelson.Shim.Processes;

namespace Keelson.Shim.Hosting;

/// <summary>Acts on requests: one pod's processes, whoever is connected.</summary>
internal sealed partial class ShimServer : IRequestHandler
{
    private readonly ShimOptions _options;
    private readonly EventLoop _loop;
    private readonly ShimContext _context;
    private readonly ProcessTable _processes = new();
    private readonly List<Connection> _connections = new(2);
    private readonly List<ExecSession> _execs = new(4);
    private readonly Launcher _launcher;
    private readonly Listener _listener;
    private readonly FrameWriter _writer = new();
    private bool _isUnused = true;

    /// <summary>Starts accepting. Takes ownership of <paramref name="listener"/>.</summary>
    public ShimServer(EventLoop loop, ShimOptions options, SafeFd listener, ILaunchEngine engine)
    {
        _loop = loop;
        _options = options;
        _context = new ShimContext(loop);
        _context.Scratch.Idle = GiveBack;
        _launcher = new Launcher(loop, engine, LaunchOver);
        _context.Reaper.LaunchUnderWay = () => _launcher.IsBusy;
        _listener = new Listener(loop, listener, Accepted);
    }

    public void Handle(Connection connection, in FrameHeader header, ReadOnlySpan<byte> body)
    {
        var replyTo = new ReplyTo(connection, header.RequestId);
        _context.Scratch.Touch();
        switch (header.Kind)
        {
            case FrameKind.Hello:
                Greeting.ReadHello(body);
                break;
            case FrameKind.Launch:
                Launch(ShimCodec.ReadLaunch(body, out ReadOnlySpan<byte> plan, out ReadOnlySpan<byte> startPlan), plan, startPlan, replyTo);
                break;
            case FrameKind.ExecSync:
                ExecSync(ShimCodec.ReadExecSync(body, out ReadOnlySpan<byte> execPlan), execPlan, replyTo);
                break;
            case FrameKind.CancelExec:
                ShimCodec.ReadEmpty(body);
                CancelExec(replyTo);
                break;
            case FrameKind.Signal:
                ShimCodec.ReadSignal(body, out string id, out int signal, out bool everyone);
                Signal(id, signal, everyone, replyTo);
                break;
            case FrameKind.ReopenLog:
                ReopenLog(ShimCodec.ReadProcessId(body), replyTo);
                break;
            case FrameKind.List:
                ShimCodec.ReadEmpty(body);
                List(replyTo);
                break;
            case FrameKind.Forget:
                Forget(ShimCodec.ReadProcessId(body), replyTo);
                break;
            case FrameKind.Shutdown:
                ShimCodec.ReadEmpty(body);
                Shutdown(replyTo);
                break;
            default:
                throw new ShimProtocolException("request of unknown kind");
        }
    }

    /// <remarks>A shim that was never given anything to run belongs to its daemon alone, and ends when that has gone.</remarks>
    public void Closed(Connection connection)
    {
        _connections.Remove(connection);
        if (_isUnused && _connections.Count == 0)
        {
            Leave();
        }
    }

    private void Accepted(SafeFd socket)
    {
        var connection = new Connection(_loop, socket, this);
        _connections.Add(connection);
        _writer.Begin(FrameKind.Welcome, 0);
        new Welcome(ShimProtocol.Version, ShimOptions.Build, Environment.ProcessId, _options.SandboxId).Write(_writer);
        connection.Send(_writer.End().Span);
    }

    private void GiveBack()
    {
        foreach (Connection connection in _connections)
        {
            connection.GiveBack();
        }
    }

    private void LaunchOver()
    {
        _context.Reaper.ReapOrphans();
        EndIfNothingRuns();
    }

    private void Fail(ReplyTo replyTo, Errno errno, string message)
    {
        ShimCodec.WriteFailure(_writer.Begin(FrameKind.Failure, replyTo.RequestId), (int)errno, message);
        Send(replyTo);
    }

    private void Done(ReplyTo replyTo, FrameKind kind)
    {
        _writer.Begin(kind, replyTo.RequestId);
        Send(replyTo);
    }

    /// <summary>Sends what is in the writer.</summary>
    private void Send(ReplyTo replyTo) => replyTo.Connection.Send(_writer.End().Span);
}
