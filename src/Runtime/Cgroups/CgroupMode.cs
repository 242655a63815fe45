namespace Keelson.Oci.Cgroups;

/// <summary>How the kernel's controllers are laid out on this node.</summary>
public enum CgroupMode
{
    /// <summary>Controllers in version 1 hierarchies, and no version 2 mount.</summary>
    Legacy,

    /// <summary>Controllers in version 1 hierarchies, and a version 2 mount beside them, used for kill and for birth.</summary>
    Hybrid,

    /// <summary>Version 2 alone.</summary>
    Unified,
}
