namespace Keelson.Oci.Launch.Building;

/// <summary>A cell that receives a call's result and can be an argument of later ones.</summary>
internal readonly record struct PlanSlot(ushort Index);
