namespace Keelson.Sandboxes;

/// <summary>Kinds of event; the numbers are the CRI's.</summary>
public enum PodEventKind
{
    /// <summary>CONTAINER_CREATED_EVENT.</summary>
    Created = 0,

    /// <summary>CONTAINER_STARTED_EVENT.</summary>
    Started = 1,

    /// <summary>CONTAINER_STOPPED_EVENT.</summary>
    Stopped = 2,

    /// <summary>CONTAINER_DELETED_EVENT.</summary>
    Deleted = 3,
}
