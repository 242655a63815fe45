using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Paths that a container must not see, or not write. A path that this kernel or image lacks is skipped.</summary>
internal sealed class MaskStage
{
    private const int RdevOffset = 128;
    private const long NullDevice = 1 | (3L << 32);

    private readonly PlanSlot? _dev;
    private readonly Dictionary<string, PlanSlot> _clones = new(StringComparer.Ordinal);

    private MaskStage(PlanSlot? dev) => _dev = dev;

    /// <summary>
    /// Says where null devices come from. With a /dev of our own: from its tmpfs, by descriptor. Where the container
    /// brings its own /dev: from the host's, one clone a path, taken while the host is still in sight. Never through the
    /// container's tree, where a path can be made to name any file (CVE-2025-31133).
    /// </summary>
    internal static MaskStage Prepare(PlanBuilder plan, LinuxSpec linux, PlanSlot? dev)
    {
        MaskStage stage = new(dev);
        foreach (string path in dev is null ? linux.MaskedPaths.Select(MountPaths.Relative).Distinct(StringComparer.Ordinal) : [])
        {
            PlanSlot clone = plan.NewSlot();
            plan.Add($"open_tree the host's null for '/{path}'", "open_tree", Uapi.AT_FDCWD, plan.Text("/dev/null"), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_SYMLINK_NOFOLLOW).Into(clone);
            stage._clones.Add(path, clone);
        }

        return stage;
    }

    /// <summary>Covers the masked paths and closes the read-only ones.</summary>
    internal void Cover(PlanBuilder plan, LinuxSpec linux, PlanSlot root)
    {
        foreach (string path in linux.MaskedPaths.Select(MountPaths.Relative).Distinct(StringComparer.Ordinal))
        {
            Mask(plan, path, root);
        }

        foreach (string path in linux.ReadonlyPaths)
        {
            Close(plan, MountPaths.Relative(path), root);
        }
    }

    private void Mask(PlanBuilder plan, string path, PlanSlot root)
    {
        PlanSlot target = plan.NewSlot();
        PlanLabel done = new();
        PlanLabel file = new();
        plan.OpenInRoot($"open masked '/{path}'", root, path, Uapi.O_PATH).Into(target).Tolerating(done, Errno.ENOENT, Errno.ENOTDIR);
        plan.Add($"is masked '/{path}' a directory", "openat", target, plan.Text("."), Uapi.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).Tolerating(file, Errno.ENOTDIR);

        PlanSlot empty = plan.NewFileSystem(
            $"masked '/{path}'", "tmpfs", "tmpfs", ["nr_blocks=1", "nr_inodes=1"], Uapi.MOUNT_ATTR_RDONLY | Uapi.MOUNT_ATTR_NOSUID | Uapi.MOUNT_ATTR_NODEV | Uapi.MOUNT_ATTR_NOEXEC);
        plan.Attach($"mask '/{path}' with an empty directory", empty, target).Then(done);

        plan.Mark(file);
        PlanSlot device = NullDeviceFor(plan, path);
        plan.Add($"statx null for '/{path}'", "statx", device, plan.Text(string.Empty), Uapi.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, plan.Scratch);
        plan.AddCheck($"the null device for '/{path}' is 1:3", plan.Scratch.Plus(RdevOffset), -1, NullDevice, Errno.EPERM);
        plan.Attach($"mask '/{path}' with the null device", device, target);
        plan.Mark(done);
    }

    private PlanSlot NullDeviceFor(PlanBuilder plan, string path)
    {
        if (_dev is not PlanSlot dev)
        {
            return _clones[path];
        }

        PlanSlot device = plan.NewSlot();
        plan.Add($"open_tree null for '/{path}'", "open_tree", dev, plan.Text("null"), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_SYMLINK_NOFOLLOW).Into(device);
        return device;
    }

    private static void Close(PlanBuilder plan, string path, PlanSlot root)
    {
        PlanSlot target = plan.NewSlot();
        PlanSlot clone = plan.NewSlot();
        PlanLabel done = new();
        plan.OpenInRoot($"open read-only '/{path}'", root, path, Uapi.O_PATH).Into(target).Tolerating(done, Errno.ENOENT, Errno.ENOTDIR);
        plan.Add($"open_tree '/{path}'", "open_tree", target, plan.Text(string.Empty), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_EMPTY_PATH | Uapi.AT_RECURSIVE).Into(clone);
        plan.SetAttributes($"make '/{path}' read-only", clone, new Uapi.mount_attr { attr_set = Uapi.MOUNT_ATTR_RDONLY }, recursive: true);
        plan.Attach($"move_mount read-only '/{path}'", clone, target);
        plan.Mark(done);
    }
}
