using Keelson.Linux.Native;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Syscalls;

namespace Keelson.Oci.Launch.Building;

/// <summary>What the engine does itself; in a step's place for the system call.</summary>
internal static class PseudoCalls
{
    internal const string Compare = "(compare)";
    internal const string MakePath = "(make path)";

    /// <summary>Null for a system call.</summary>
    internal static ushort? NumberOf(string call) => call switch
    {
        Compare => LaunchOp.Compare,
        MakePath => LaunchOp.MakePath,
        _ => null,
    };

    internal static PlanData WritePathCalls(PlanBuilder plan) => plan.Struct(new PathCalls
    {
        OpenAt2 = SyscallTable.Require("openat2"),
        ReadLinkAt = SyscallTable.Require("readlinkat"),
        MkDirAt = SyscallTable.Require("mkdirat"),
        MkNodAt = SyscallTable.Require("mknodat"),
        Close = SyscallTable.Require("close"),
        How = new Uapi.open_how { flags = (ulong)(Uapi.O_PATH | LibC.O_CLOEXEC), resolve = Uapi.RESOLVE_BENEATH | Uapi.RESOLVE_NO_SYMLINKS },
    });
}
