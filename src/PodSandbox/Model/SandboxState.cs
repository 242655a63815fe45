namespace Keelson.Sandboxes;

/// <summary>
/// The life of a sandbox.
/// <code>
///   (none) ──RunPodSandbox──► Ready ──stop, pause dies, reboot──► NotReady ──remove──► Removing ──► (none)
///     │                                                              ▲
///     └────────── run failed and its undo failed too ────────────────┘
/// </code>
/// A sandbox that is being made has no record in the store: it becomes visible when it is Ready.
/// </summary>
public enum SandboxState
{
    /// <summary>Its namespaces exist, the network is set up and the pause process runs.</summary>
    Ready,

    /// <summary>It runs no new containers; what is left of its resources is given back by stop and remove.</summary>
    NotReady,

    /// <summary>Remove has begun and finishes, also after a restart; nothing else may begin.</summary>
    Removing,
}
