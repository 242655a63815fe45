namespace Keelson.Oci.Spec;

/// <summary>One entry of the device list; later entries win.</summary>
public sealed record DeviceRuleSpec
{
    public bool Allow { get; init; }

    /// <summary><c>a</c>, <c>c</c> or <c>b</c>; null means all.</summary>
    public string? Type { get; init; }

    /// <summary>Null means every number.</summary>
    public long? Major { get; init; }

    /// <summary>Null means every number.</summary>
    public long? Minor { get; init; }

    /// <summary>Letters of <c>rwm</c>; null means all three.</summary>
    public string? Access { get; init; }
}
