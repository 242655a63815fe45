namespace Keelson.Oci.Shims.Protocol;

/// <summary>What a frame is; <see cref="ShimProtocol"/> has the table. A reply is its request plus one.</summary>
public enum FrameKind : ushort
{
    None = 0,
    Welcome = 1,
    Hello = 2,
    Failure = 3,
    Exited = 4,
    Launch = 16,
    Launched = 17,
    Signal = 18,
    Signalled = 19,
    ExecSync = 20,
    ExecEnded = 21,
    ReopenLog = 22,
    LogReopened = 23,
    List = 24,
    Listed = 25,
    Forget = 26,
    Forgotten = 27,
    Shutdown = 28,
    ShuttingDown = 29,
    CancelExec = 30,
}
