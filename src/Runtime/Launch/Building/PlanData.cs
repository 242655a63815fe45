namespace Keelson.Oci.Launch.Building;

/// <summary>A place in the plan's data section.</summary>
internal readonly record struct PlanData(int Offset)
{
    /// <summary>The place <paramref name="bytes"/> further on.</summary>
    internal PlanData Plus(int bytes) => new(Offset + bytes);
}
