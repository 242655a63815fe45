namespace Keelson.Sandboxes;

/// <summary>How mounts travel between host and container; the numbers are the CRI's.</summary>
public enum MountPropagation
{
    /// <summary>Not at all.</summary>
    Private = 0,

    /// <summary>From the host into the container.</summary>
    HostToContainer = 1,

    /// <summary>Both ways.</summary>
    Bidirectional = 2,
}
