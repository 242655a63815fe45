namespace Keelson.TestKit;

/// <summary>Which things on the host belong to the runtime under test.</summary>
public sealed record LeakScope
{
    /// <summary>Mount points that begin with one of these.</summary>
    public IReadOnlyList<string> MountPrefixes { get; init; } = [];

    public string NetworkNamespacePrefix { get; init; } = "keelson-";

    /// <summary>Paths below each hierarchy's root; everything under them is looked at.</summary>
    public IReadOnlyList<string> CgroupParents { get; init; } = [];

    /// <summary>A process belongs to the runtime when its command line contains one of these.</summary>
    public IReadOnlyList<string> ProcessMarks { get; init; } = [];

    /// <summary>Directories where nothing may be added.</summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>Names of files that a CNI plugin keeps for its network, not for a pod.</summary>
    public IReadOnlyList<string> Bookkeeping { get; init; } = ["lock", "last_reserved_ip.0"];

    /// <summary>The name of the CNI network whose port mappings may not stay.</summary>
    public string? Bridge { get; init; }
}
