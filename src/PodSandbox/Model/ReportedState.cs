namespace Keelson.Sandboxes;

/// <summary>A container's state in the CRI's words; the numbers are the CRI's.</summary>
public enum ReportedState
{
    /// <summary>CONTAINER_CREATED.</summary>
    Created = 0,

    /// <summary>CONTAINER_RUNNING.</summary>
    Running = 1,

    /// <summary>CONTAINER_EXITED.</summary>
    Exited = 2,

    /// <summary>CONTAINER_UNKNOWN.</summary>
    Unknown = 3,
}
