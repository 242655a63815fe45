namespace Keelson.Sandboxes.Cdi;

/// <summary>One device of a specification file.</summary>
internal sealed record CdiDevice
{
    /// <summary>Without vendor and class.</summary>
    public string Name { get => field ?? string.Empty; init; } = string.Empty;

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public CdiEdits ContainerEdits { get => field ?? CdiEdits.None; init; } = CdiEdits.None;
}
