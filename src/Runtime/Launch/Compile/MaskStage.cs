using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Paths that a container must not see, or not write. A path that this kernel or image lacks is skipped.</summary>
internal static class MaskStage
{
    private const int RdevOffset = 128;
    private const long NullDevice = 1 | (3L << 32);

    /// <summary>Covers the masked paths and closes the read-only ones.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="linux">The lists.</param>
    /// <param name="root">The container's root.</param>
    /// <param name="dev">
    /// Our own tmpfs of /dev. The null device is taken from it by descriptor and its number checked: a path through the
    /// container's tree could be made to name any file of the host (CVE-2025-31133).
    /// </param>
    internal static void Cover(PlanBuilder plan, LinuxSpec linux, PlanSlot root, PlanSlot dev)
    {
        foreach (string path in linux.MaskedPaths)
        {
            Mask(plan, MountPaths.Relative(path), root, dev);
        }

        foreach (string path in linux.ReadonlyPaths)
        {
            Close(plan, MountPaths.Relative(path), root);
        }
    }

    private static void Mask(PlanBuilder plan, string path, PlanSlot root, PlanSlot dev)
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
        PlanSlot device = plan.NewSlot();
        plan.Add($"open_tree null for '/{path}'", "open_tree", dev, plan.Text("null"), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_SYMLINK_NOFOLLOW).Into(device);
        plan.Add($"statx null for '/{path}'", "statx", device, plan.Text(string.Empty), Uapi.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, plan.Scratch);
        plan.AddCheck($"the null device for '/{path}' is 1:3", plan.Scratch.Plus(RdevOffset), -1, NullDevice, Errno.EPERM);
        plan.Attach($"mask '/{path}' with the null device", device, target);
        plan.Mark(done);
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
