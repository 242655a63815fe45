namespace Keelson.Oci.Shims.Protocol;

/// <summary>
/// The protocol between the daemon and one pod's shim, over a unix stream socket in a directory of mode 0700.
/// </summary>
/// <remarks>
/// <code>
///  daemon                                        shim
///    │ ─── connect ────────────────────────────► │  peer's uid checked (SO_PEERCRED), else closed
///    │ ◄──────────────────────────── Welcome ─── │  the daemon waits; an unknown version ends here
///    │ ─── Hello ──────────────────────────────► │  anything else first is refused
///    │ ─── request (id n) ─────────────────────► │  any number in flight, any order of replies
///    │ ◄───────────────────── reply (id n) ───── │  or Failure (id n)
///    │ ◄───────────────────────────── Exited ─── │  id 0, at any time after Hello
///    │ ─── Shutdown (id n) ────────────────────► │  kills what runs
///    │ ◄──────────────── ShuttingDown (id n) ─── │  the last frame; the shim removes its socket and ends
///
///  frame    length of the body u32 │ request id u32 │ kind u16 │ zero u16 │ body
///  numbers  little endian; string and bytes: length u32 (0xffffffff for null) and content; bool u8
///
///  kind           id  body
///  Welcome         0  magic u32, version u16, build string, pid i32, sandbox id string
///  Hello           0  magic u32, version u16, build string
///  Failure         n  errno i32, message string
///  Exited          0  process id string, exit code i32, signal i32, OOM bool, finished i64
///  Launch          n  process id, target id?, log path?, line limit i32, flags u8 (1 terminal, 2 stdin,
///                     4 the terminal is of a devpts of its own), OOM cgroup?, kill cgroup?, exit record path?,
///                     pid file?, start plan bytes, plan bytes
///  Launched        n  pid i32, started i64, failed step i32, errno i32, error string?
///  Signal          n  process id, signal i32, everyone bool
///  Signalled       n  delivered bool
///  ExecSync        n  target id, timeout i64 (ns), output limit i32, drain timeout i64 (ns), plan bytes
///  ExecEnded       n  Launched's body, exit code i32, timed out bool, stdout bytes, stderr bytes
///  CancelExec      n  nothing; n is the ExecSync to end, which then replies as if it had timed out
///  ReopenLog       n  process id              LogReopened   n  nothing
///  List            n  nothing                 Listed        n  count u32, then each: process id, pid i32,
///                                                              started i64, exited bool, [Exited's body]
///  Forget          n  process id              Forgotten     n  nothing
///  Shutdown        n  nothing                 ShuttingDown  n  nothing
/// </code>
/// A version is raised when any body changes. The shim speaks one version, the daemon every version it was ever
/// released with: shims outlive daemons.
/// </remarks>
public static class ShimProtocol
{
    /// <summary>"KSHM", so that a stranger's socket is recognised as one.</summary>
    public const uint Magic = 0x4d48534b;

    /// <summary>The version this build's shim speaks.</summary>
    public const ushort Version = 1;

    /// <summary>The oldest version this build's daemon still speaks.</summary>
    public const ushort OldestVersion = 1;

    /// <summary>Longest body the shim reads. A plan with a large seccomp filter and a full environment is below 4 MiB.</summary>
    public const int MaxRequestBytes = 8 << 20;

    /// <summary>
    /// Most output kept of an exec, both streams together; also the most a request may ask for. Clients of the CRI take
    /// messages of 16 MiB, in which the exit code and the lengths must fit too: a longer answer would lose them all.
    /// </summary>
    public const int MaxOutputBytes = (16 << 20) - 64;

    /// <summary>Longest body the daemon reads: the output of an exec and what goes with it.</summary>
    public const int MaxReplyBytes = MaxOutputBytes + (1 << 20);

    /// <summary>Longest string: twice PATH_MAX.</summary>
    public const int MaxStringBytes = 8192;

    /// <summary>Name of the socket inside a shim's directory.</summary>
    public const string SocketName = "shim.sock";

    /// <summary>Name of the file in a shim's directory that receives its standard error.</summary>
    public const string LogName = "shim.log";

    /// <summary>The listening socket, as the shim inherits it.</summary>
    public const int InheritedListener = 3;
}
