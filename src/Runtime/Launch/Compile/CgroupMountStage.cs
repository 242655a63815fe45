using Keelson.Core;
using Keelson.Linux.Native;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// /sys/fs/cgroup of a container: of its own cgroup namespace, so it begins at its own group. Version 2 is one mount;
/// version 1 is a tmpfs with one mount per hierarchy.
/// </summary>
internal static class CgroupMountStage
{
    internal static void Attach(PlanBuilder plan, PlanSlot root, string path, MountSpec mount, MountOptions options, CgroupLayout? layout)
    {
        if (layout is null)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"mount '{mount.Destination}': the node's cgroup layout was not given");
        }

        ulong attributes = options.Own.attr_set;
        if (layout.Mode == CgroupMode.Unified)
        {
            PlanSlot unified = plan.NewFileSystem($"'{mount.Destination}'", "cgroup2", "cgroup", [.. layout.V2!.MountOptions, .. options.Data], attributes);
            plan.Attach($"move_mount onto '/{path}'", unified, MountTarget.Open(plan, root, path, directory: true, 0));
            return;
        }

        PlanSlot tmpfs = plan.NewFileSystem($"'{mount.Destination}'", "tmpfs", "tmpfs", ["mode=755"], attributes & ~Uapi.MOUNT_ATTR_RDONLY);
        plan.Attach($"move_mount onto '/{path}'", tmpfs, MountTarget.Open(plan, root, path, directory: true, 0));
        foreach (CgroupHierarchy hierarchy in layout.Hierarchies)
        {
            AttachHierarchy(plan, tmpfs, path, hierarchy, attributes);
        }

        if ((attributes & Uapi.MOUNT_ATTR_RDONLY) != 0)
        {
            plan.SetAttributes($"make '/{path}' read-only", tmpfs, new Uapi.mount_attr { attr_set = Uapi.MOUNT_ATTR_RDONLY }, recursive: false);
        }
    }

    private static void AttachHierarchy(PlanBuilder plan, PlanSlot tmpfs, string path, CgroupHierarchy hierarchy, ulong attributes)
    {
        string name = hierarchy.MountPoint.Name;
        string subject = $"'/{path}/{name}'";
        List<string> options = [.. hierarchy.Controllers];
        if (hierarchy.Name.Length > 0)
        {
            options.Add($"name={hierarchy.Name}");
        }

        // An existing hierarchy without controllers is only found together with "none".
        if (!hierarchy.IsV2 && hierarchy.Controllers.IsEmpty)
        {
            options.Insert(0, "none");
        }

        PlanSlot mount = hierarchy.IsV2
            ? plan.NewFileSystem(subject, "cgroup2", "cgroup", hierarchy.MountOptions, attributes)
            : plan.NewFileSystem(subject, "cgroup", "cgroup", options, attributes);
        PlanSlot target = plan.NewSlot();
        plan.Add($"mkdir {subject}", "mkdirat", tmpfs, plan.Text(name), 0x1ed);
        plan.Add($"open target {subject}", "openat", tmpfs, plan.Text(name), Uapi.O_PATH | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0).Into(target);
        plan.Attach($"move_mount onto {subject}", mount, target);
        plan.Add($"close {subject}", "close", mount);
        plan.Add($"close target {subject}", "close", target);

        // cpu,cpuacct is also found as cpu and as cpuacct.
        foreach (string controller in hierarchy.Controllers.Where(controller => controller != name))
        {
            plan.Add($"symlink '/{path}/{controller}'", "symlinkat", plan.Text(name), tmpfs, plan.Text(controller)).Tolerating(Linux.Errno.EEXIST);
        }
    }
}
