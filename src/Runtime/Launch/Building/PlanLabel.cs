namespace Keelson.Oci.Launch.Building;

/// <summary>A place in the list of operations that jumps lead to; marked once, before or after its uses.</summary>
internal sealed class PlanLabel
{
    /// <summary>Index of the operation it stands before; -1 until marked.</summary>
    internal int Position { get; set; } = -1;
}
