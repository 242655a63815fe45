namespace Keelson.Sandboxes;

/// <summary>
/// The life of a container.
/// <code>
///   (none) ──Create──► Created ──Start──► Starting ──execve──► Running ──exit──► Exited ──Remove──► Removing ──► (none)
///                         │                   │                   │                ▲                   ▲
///                         │                   └──launch failed────┼────────────────┤                   │
///                         │                                       └─shim lost──► Unknown ──exit found──┘
///                         └───────────────────────────Remove──────────────────────────────────────────►┘
/// </code>
/// </summary>
public enum ContainerState
{
    /// <summary>Everything the request said is on disk and checked; nothing runs. CRI: CREATED.</summary>
    Created,

    /// <summary>A launch is under way; a crash of the daemon here is settled by asking the shim. CRI: CREATED.</summary>
    Starting,

    /// <summary>The shim has reported a successful execve and no exit. CRI: RUNNING.</summary>
    Running,

    /// <summary>It ended, or its launch failed; code, reason and times are on disk. CRI: EXITED.</summary>
    Exited,

    /// <summary>It ran, and neither shim nor exit record can say what became of it. CRI: UNKNOWN.</summary>
    Unknown,

    /// <summary>Remove has begun and finishes, also after a restart. CRI: EXITED.</summary>
    Removing,
}
