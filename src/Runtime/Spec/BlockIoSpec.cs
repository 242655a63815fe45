namespace Keelson.Oci.Spec;

/// <summary>Block I/O weight, 10 to 1000.</summary>
public sealed record BlockIoSpec(ushort? Weight = null);
