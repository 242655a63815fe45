namespace Keelson.Oci.Launch.Engine;

/// <summary>Descriptors from one number to another, both included.</summary>
internal struct FdRange
{
    internal uint First;
    internal uint Last;
}
