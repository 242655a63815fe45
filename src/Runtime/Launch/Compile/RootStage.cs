using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>The root file system: mounting it, moving into it, closing it.</summary>
internal static class RootStage
{
    /// <summary>Mounts the root, leaves the host's mounts behind, and makes it the root. The slot is the new root.</summary>
    internal static PlanSlot Enter(PlanBuilder plan, RuntimeSpec spec, MountStage mounts, OverlayRoot? overlay, bool singly)
    {
        PlanSlot root = plan.NewSlot();
        string path = overlay?.UpperDirectory.Parent.Value ?? spec.Root?.Path ?? throw new KeelsonException(ErrorKind.InvalidArgument, "the spec has no root");
        if (mounts.HasLayered || (overlay is not null && !singly))
        {
            // What is mounted at once is mounted in a copy of the host's namespace, to which no mount of the host's comes any more.
            plan.Add("unshare mount", "unshare", (long)Uapi.CLONE_NEWNS);
            plan.Add("make '/' private", "mount", 0, plan.Text("/"), 0, Uapi.MS_REC | Uapi.MS_PRIVATE, 0);
            mounts.MountLayered(plan, path);
        }

        if (overlay is not null && !singly)
        {
            MountOverlayInOnePage(plan, overlay, root);
            MoveInto(plan, root);
            return root;
        }

        if (overlay is not null)
        {
            MountOverlay(plan, overlay, root);
        }
        else
        {
            plan.Add($"open_tree root '{path}'", "open_tree", Uapi.AT_FDCWD, plan.Text(path), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_RECURSIVE).Into(root);
            plan.SetAttributes("make '/' private", root, new Uapi.mount_attr { propagation = (ulong)Uapi.MS_PRIVATE }, recursive: true);
        }

        LeaveHost(plan);
        plan.Add("attach the new root", "move_mount", root, plan.Text(string.Empty), Uapi.AT_FDCWD, plan.Text(EmptyMountNamespace.MountPoint), Uapi.MOVE_MOUNT_F_EMPTY_PATH);
        MoveInto(plan, root);
        return root;
    }

    /// <summary>
    /// From the host's mount namespace into a new one with nothing in it. What was cloned or mounted without a place
    /// goes along by its descriptor; a path means the new namespace from here on.
    /// </summary>
    internal static void LeaveHost(PlanBuilder plan)
    {
        plan.Add("setns to the empty mount namespace", "setns", new PlanSlot(PlanSlots.EmptyMounts), (long)Uapi.CLONE_NEWNS);
        plan.Add("unshare mount", "unshare", (long)Uapi.CLONE_NEWNS);
    }

    /// <summary>Makes <paramref name="root"/>, which is attached, the root of this mount namespace and detaches the old one.</summary>
    private static void MoveInto(PlanBuilder plan, PlanSlot root)
    {
        plan.Add("fchdir to the new root", "fchdir", root);
        plan.Add("pivot_root to the new root", "pivot_root", plan.Text("."), plan.Text("."));

        // The old root now lies on top of the new one at the same place: "." finds the upper of the two.
        plan.Add("umount2 the old root", "umount2", plan.Text("."), Uapi.MNT_DETACH);
        plan.Add("chdir to '/'", "chdir", plan.Text("/"));
    }

    /// <summary>Read-only and propagation come last: until here mount points had to be made.</summary>
    internal static void Finish(PlanBuilder plan, RuntimeSpec spec, PlanSlot root)
    {
        if (spec.Root?.Readonly ?? false)
        {
            plan.SetAttributes("make '/' read-only", root, new Uapi.mount_attr { attr_set = Uapi.MOUNT_ATTR_RDONLY }, recursive: false);
        }

        // Private already; slave of nothing is the same. Shared lets mounts made inside reach nested namespaces.
        if (spec.Linux?.RootfsPropagation is "shared" or "rshared")
        {
            plan.SetAttributes("make '/' shared", root, new Uapi.mount_attr { propagation = (ulong)Uapi.MS_SHARED }, recursive: false);
        }
    }

    /// <summary>Mounts the root where a path leads to it, for a program that looks for it by path.</summary>
    internal static void MountOverlayAt(PlanBuilder plan, OverlayRoot overlay, HostPath directory, bool singly)
    {
        PlanSlot root = plan.NewSlot();
        if (singly)
        {
            MountOverlay(plan, overlay, root);
            plan.Add($"move_mount '/' to '{directory}'", "move_mount", root, plan.Text(string.Empty), Uapi.AT_FDCWD, plan.Text(directory.Value), Uapi.MOVE_MOUNT_F_EMPTY_PATH);
        }
        else
        {
            MountOverlayInOnePage(plan, overlay, root);
        }
    }

    private static void MountOverlay(PlanBuilder plan, OverlayRoot overlay, PlanSlot root)
    {
        PlanSlot context = plan.NewSlot();
        plan.Add("fsopen overlay for '/'", "fsopen", plan.Text("overlay"), Uapi.FSOPEN_CLOEXEC).Into(context);
        plan.FsString("'/'", context, "source", "overlay");
        foreach (HostPath layer in overlay.LowerDirectories)
        {
            plan.FsString("'/'", context, "lowerdir+", layer.Value);
        }

        plan.FsString("'/'", context, "upperdir", overlay.UpperDirectory.Value);
        plan.FsString("'/'", context, "workdir", overlay.WorkDirectory.Value);
        if (overlay.Volatile)
        {
            plan.Add("fsconfig volatile for '/'", "fsconfig", context, Uapi.FSCONFIG_SET_FLAG, plan.Text("volatile"), 0, 0);
        }

        plan.Add("mount overlay '/'", "fsconfig", context, Uapi.FSCONFIG_CMD_CREATE, 0, 0, 0);
        plan.Add("fsmount overlay for '/'", "fsmount", context, Uapi.FSMOUNT_CLOEXEC, 0).Into(root);
        plan.Add("close context of '/'", "close", context);
    }

    /// <summary>Before Linux 6.7: mount(2), whose options are one page, so the layers are named relative to their common directory.</summary>
    private static void MountOverlayInOnePage(PlanBuilder plan, OverlayRoot overlay, PlanSlot root)
    {
        string layers = LowerDirectories.Join(overlay.LowerDirectories, out HostPath common);
        string upper = LowerDirectories.Checked(overlay.UpperDirectory.Value);
        string work = LowerDirectories.Checked(overlay.WorkDirectory.Value);
        string options = $"lowerdir={layers},upperdir={upper},workdir={work}{(overlay.Volatile ? ",volatile" : string.Empty)}";
        if (options.Length > LowerDirectories.MaxOptionBytes)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, $"{overlay.LowerDirectories.Length} layers need {options.Length} bytes of overlay options; this kernel takes {LowerDirectories.MaxOptionBytes}");
        }

        string target = overlay.UpperDirectory.Parent.Value;
        plan.Add($"chdir to '{common}'", "chdir", plan.Text(common.Value));
        plan.Add("mount overlay '/'", "mount", plan.Text("overlay"), plan.Text(target), plan.Text("overlay"), 0, plan.Text(options));
        plan.Add($"open '{target}'", "openat", Uapi.AT_FDCWD, plan.Text(target), Uapi.O_PATH | LibC.O_CLOEXEC | LibC.O_DIRECTORY, 0).Into(root);
    }
}
