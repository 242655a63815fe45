namespace Keelson.Oci.Cgroups;

/// <inheritdoc cref="ICgroups"/>
public sealed class Cgroups(CgroupLayout layout, TimeProvider time) : ICgroups
{
    /// <inheritdoc/>
    public CgroupLayout Layout { get; } = layout;

    /// <inheritdoc/>
    public ICgroup Get(CgroupPath path) => new Cgroup(Layout, path, time);
}
