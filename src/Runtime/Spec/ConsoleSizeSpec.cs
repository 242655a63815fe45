namespace Keelson.Oci.Spec;

/// <summary>The size of a new terminal.</summary>
public sealed record ConsoleSizeSpec(uint Height, uint Width);
