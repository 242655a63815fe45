namespace Keelson.Oci.Launch.Engine;

/// <summary>What the engine does around the clone.</summary>
[Flags]
internal enum PlanFlags : uint
{
    None = 0,

    /// <summary>The process is born in the pid namespace of the target pidfd.</summary>
    BornInTargetPidNamespace = 1,
}
