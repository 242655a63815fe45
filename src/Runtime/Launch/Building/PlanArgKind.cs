namespace Keelson.Oci.Launch.Building;

/// <summary>What a <see cref="PlanArg"/> is.</summary>
internal enum PlanArgKind
{
    Number,
    Slot,
    Data,
}
