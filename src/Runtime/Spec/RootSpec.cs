namespace Keelson.Oci.Spec;

/// <summary>The container's root file system.</summary>
public sealed record RootSpec
{
    /// <summary>Absolute, or relative to the bundle for an external runtime.</summary>
    public required string Path { get; init; }

    public bool Readonly { get; init; }
}
