namespace Keelson.Oci.Shims.Protocol;

/// <summary>One side's view of what the peer may send next; refuses the rest.</summary>
/// <param name="isShim">Whether this side is the shim.</param>
public sealed class ConversationOrder(bool isShim)
{
    private State _state = State.Greeting;

    private enum State
    {
        /// <summary>The peer's Welcome (to the daemon) or Hello (to the shim) has not come.</summary>
        Greeting,

        /// <summary>Requests, replies and events flow.</summary>
        Open,

        /// <summary>Shutdown has been asked for (shim) or answered (daemon); nothing may follow.</summary>
        Over,
    }

    /// <summary>Whether the greeting is done: the peer knows this version's frames.</summary>
    public bool HasGreeted => _state != State.Greeting;

    /// <summary>Takes note of a received frame.</summary>
    /// <exception cref="ShimProtocolException">The peer may not send it now.</exception>
    public void Receive(in FrameHeader frame)
    {
        FrameKind greeting = isShim ? FrameKind.Hello : FrameKind.Welcome;
        bool allowed = _state switch
        {
            State.Greeting => frame.Kind == greeting && frame.RequestId == 0,
            State.Open => isShim ? IsRequest(frame) : IsReplyOrEvent(frame),
            _ => false,
        };

        if (!allowed)
        {
            throw new ShimProtocolException("frame out of order");
        }

        _state = frame.Kind switch
        {
            FrameKind.Shutdown or FrameKind.ShuttingDown => State.Over,
            _ => State.Open,
        };
    }

    private static bool IsRequest(in FrameHeader frame) => frame.RequestId != 0 && frame.Kind is
        FrameKind.Launch or FrameKind.Signal or FrameKind.ExecSync or FrameKind.ReopenLog or FrameKind.List
        or FrameKind.Forget or FrameKind.Shutdown or FrameKind.CancelExec;

    private static bool IsReplyOrEvent(in FrameHeader frame) => frame.Kind switch
    {
        FrameKind.Exited => frame.RequestId == 0,
        FrameKind.Failure or FrameKind.Launched or FrameKind.Signalled or FrameKind.ExecEnded or FrameKind.LogReopened
            or FrameKind.Listed or FrameKind.Forgotten or FrameKind.ShuttingDown => frame.RequestId != 0,
        _ => false,
    };
}
