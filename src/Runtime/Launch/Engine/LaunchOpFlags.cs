namespace Keelson.Oci.Launch.Engine;

/// <summary>What else counts as failure of an operation.</summary>
[Flags]
internal enum LaunchOpFlags : byte
{
    None = 0,

    /// <summary>A result below argument 2: a write that took less than all.</summary>
    WholeCount = 1,
}
