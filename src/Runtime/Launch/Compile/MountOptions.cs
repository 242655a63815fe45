using System.Collections.Frozen;
using Keelson.Linux.Native;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>A mount's options, sorted by what the kernel does with them.</summary>
internal sealed class MountOptions
{
    private static readonly FrozenDictionary<string, (ulong Set, ulong Clear)> Attributes = new Dictionary<string, (ulong, ulong)>(StringComparer.Ordinal)
    {
        ["ro"] = (Uapi.MOUNT_ATTR_RDONLY, 0),
        ["rw"] = (0, Uapi.MOUNT_ATTR_RDONLY),
        ["nosuid"] = (Uapi.MOUNT_ATTR_NOSUID, 0),
        ["suid"] = (0, Uapi.MOUNT_ATTR_NOSUID),
        ["nodev"] = (Uapi.MOUNT_ATTR_NODEV, 0),
        ["dev"] = (0, Uapi.MOUNT_ATTR_NODEV),
        ["noexec"] = (Uapi.MOUNT_ATTR_NOEXEC, 0),
        ["exec"] = (0, Uapi.MOUNT_ATTR_NOEXEC),
        ["noatime"] = (Uapi.MOUNT_ATTR_NOATIME, Uapi.MOUNT_ATTR__ATIME),
        ["relatime"] = (Uapi.MOUNT_ATTR_RELATIME, Uapi.MOUNT_ATTR__ATIME),
        ["norelatime"] = (Uapi.MOUNT_ATTR_STRICTATIME, Uapi.MOUNT_ATTR__ATIME),
        ["strictatime"] = (Uapi.MOUNT_ATTR_STRICTATIME, Uapi.MOUNT_ATTR__ATIME),
        ["atime"] = (Uapi.MOUNT_ATTR_RELATIME, Uapi.MOUNT_ATTR__ATIME),
        ["nodiratime"] = (Uapi.MOUNT_ATTR_NODIRATIME, 0),
        ["diratime"] = (0, Uapi.MOUNT_ATTR_NODIRATIME),
        ["nosymfollow"] = (Uapi.MOUNT_ATTR_NOSYMFOLLOW, 0),
        ["symfollow"] = (0, Uapi.MOUNT_ATTR_NOSYMFOLLOW),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, long> Propagations = new Dictionary<string, long>(StringComparer.Ordinal)
    {
        ["private"] = Uapi.MS_PRIVATE,
        ["slave"] = Uapi.MS_SLAVE,
        ["shared"] = Uapi.MS_SHARED,
        ["unbindable"] = Uapi.MS_UNBINDABLE,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // What mount(8) understands and the kernel never sees.
    private static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(["defaults", "async", "nomand", "auto", "noauto", "_netdev", "iversion", "noiversion"], StringComparer.Ordinal);

    private MountOptions()
    {
    }

    /// <summary>Whether the mount shows a part of the host's tree.</summary>
    internal bool Bind { get; private set; }

    /// <summary>Whether the mounts below the source come along.</summary>
    internal bool BindRecursive { get; private set; }

    /// <summary>For the mount itself.</summary>
    internal Uapi.mount_attr Own { get; private set; }

    /// <summary>For it and everything below it (<c>rro</c> and its like).</summary>
    internal Uapi.mount_attr Tree { get; private set; }

    /// <summary>MS_PRIVATE and its like; 0 when not given.</summary>
    internal long Propagation { get; private set; }

    internal bool PropagationRecursive { get; private set; }

    /// <summary>For the file system: flags and <c>key=value</c>.</summary>
    internal List<string> Data { get; } = [];

    internal static MountOptions Parse(MountSpec mount)
    {
        MountOptions options = new() { Bind = mount.Type == "bind" };
        foreach (string option in mount.Options)
        {
            options.Take(option);
        }

        return options;
    }

    private void Take(string option)
    {
        if (option is "bind" or "rbind")
        {
            Bind = true;
            BindRecursive |= option == "rbind";
        }
        else if (Attributes.TryGetValue(option, out (ulong Set, ulong Clear) own))
        {
            Own = With(Own, own);
        }
        else if (option.StartsWith('r') && Attributes.TryGetValue(option[1..], out (ulong Set, ulong Clear) tree))
        {
            Tree = With(Tree, tree);
        }
        else if (Propagations.TryGetValue(option, out long propagation))
        {
            Propagation = propagation;
        }
        else if (option.StartsWith('r') && Propagations.TryGetValue(option[1..], out propagation))
        {
            Propagation = propagation;
            PropagationRecursive = true;
        }
        else if (!Ignored.Contains(option))
        {
            Data.Add(option);
        }
    }

    /// <summary>The later option wins over the earlier.</summary>
    private static Uapi.mount_attr With(Uapi.mount_attr attributes, (ulong Set, ulong Clear) change) => attributes with
    {
        attr_set = (attributes.attr_set & ~change.Clear) | change.Set,
        attr_clr = (attributes.attr_clr & ~(change.Set & ~Uapi.MOUNT_ATTR__ATIME)) | change.Clear,
    };
}
