namespace Keelson.Sandboxes;

/// <summary>Which processes share a namespace; the numbers are the CRI's.</summary>
public enum NamespaceMode
{
    /// <summary>All containers of the pod.</summary>
    Pod = 0,

    /// <summary>The container has its own.</summary>
    Container = 1,

    /// <summary>The host's.</summary>
    Node = 2,

    /// <summary>That of another container of the pod, named by its id.</summary>
    Target = 3,
}
