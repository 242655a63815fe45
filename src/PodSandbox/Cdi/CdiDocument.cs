namespace Keelson.Sandboxes.Cdi;

/// <summary>A specification file as it is written. What a file leaves out or sets to null is empty here.</summary>
internal sealed record CdiDocument
{
    public string CdiVersion { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Vendor and class of all its devices.</summary>
    public string Kind { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>Notes of the vendor's; nothing here reads them.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyList<CdiDevice> Devices { get => field ?? []; init; } = [];

    /// <summary>Applied once, before the edits of the first device of this file.</summary>
    public CdiEdits ContainerEdits { get => field ?? CdiEdits.None; init; } = CdiEdits.None;
}
