namespace Keelson.Sandboxes;

/// <summary>How a container's image was asked for; status gives it back as it came.</summary>
public sealed record ContainerImage
{
    /// <summary>A reference or, from the kubelet, an image id.</summary>
    public required string Image { get; init; }

    /// <summary>What the pod's author wrote.</summary>
    public string UserSpecifiedImage { get => field ?? string.Empty; init; } = string.Empty;

    public string RuntimeHandler { get => field ?? string.Empty; init; } = string.Empty;
}
