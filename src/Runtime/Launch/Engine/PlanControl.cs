namespace Keelson.Oci.Launch.Engine;

/// <summary>What the after-clone zone needs, in memory shared with the child.</summary>
internal unsafe struct PlanControl
{
    internal LaunchOp* Ops;
    internal long* Slots;
    internal long CloneNumber;
    internal long CloneArgs;
    internal long CloneArgsSize;
    internal long ExitGroupNumber;
    internal long CloseRangeNumber;

    /// <summary>What the child closes before its first operation; ended by a range that starts at 0.</summary>
    internal FdRange* Foreign;

    /// <summary><see cref="PathCalls.RoomsBytes"/> for the texts of <see cref="LaunchOp.MakePath"/>.</summary>
    internal byte* Room;
}
