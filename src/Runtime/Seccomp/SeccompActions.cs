using Keelson.Core;

namespace Keelson.Oci.Seccomp;

/// <summary>Actions of the runtime-spec as values of seccomp(2).</summary>
internal static class SeccompActions
{
    internal const uint KillProcess = 0x80000000;
    internal const uint Errno = 0x00050000;
    internal const uint Allow = 0x7fff0000;

    private const uint KillThread = 0x00000000;
    private const uint Trap = 0x00030000;
    private const uint Trace = 0x7ff00000;
    private const uint Log = 0x7ffc0000;
    private const uint DefaultErrno = 1; // EPERM
    private const uint MaxErrno = 4095;

    /// <exception cref="KeelsonException">InvalidArgument or Unimplemented.</exception>
    internal static uint Parse(string action, uint? errnoRet)
    {
        uint data = errnoRet ?? DefaultErrno;
        if (data > MaxErrno && action != "SCMP_ACT_TRACE")
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp errno {data}: expected at most {MaxErrno}");
        }

        return action switch
        {
            "SCMP_ACT_ALLOW" => Allow,
            "SCMP_ACT_ERRNO" => Errno | data,
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => KillThread,
            "SCMP_ACT_KILL_PROCESS" => KillProcess,
            "SCMP_ACT_TRAP" => Trap,
            "SCMP_ACT_TRACE" => Trace | (data & 0xffff),
            "SCMP_ACT_LOG" => Log,
            "SCMP_ACT_NOTIFY" => throw new KeelsonException(ErrorKind.Unimplemented, "seccomp action SCMP_ACT_NOTIFY needs a listener, which is not supported yet"),
            _ => throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp action '{action}': unknown"),
        };
    }
}
