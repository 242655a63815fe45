namespace Keelson.Oci.Cgroups;

/// <summary>The control groups of this node, whatever their version.</summary>
public interface ICgroups
{
    /// <summary>The hierarchies in use.</summary>
    CgroupLayout Layout { get; }

    /// <summary>A handle on a group; touches nothing.</summary>
    ICgroup Get(CgroupPath path);
}
