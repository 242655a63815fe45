namespace Keelson.Oci.Spec;

/// <summary>Largest number of tasks; -1 means no limit.</summary>
public sealed record PidsSpec(long Limit);
