using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>The calls that several stages make, with their arguments by name.</summary>
internal static class PlanCalls
{
    /// <summary>Opens a path of the host; only before pivot_root.</summary>
    internal static PlanSlot OpenHost(this PlanBuilder plan, string path, int flags)
    {
        PlanSlot fd = plan.NewSlot();
        plan.Add($"open '{path}'", "openat", Uapi.AT_FDCWD, plan.Text(path), flags | LibC.O_CLOEXEC, 0).Into(fd);
        return fd;
    }

    /// <summary>Writes a value to a file of the host's /proc or of a cgroup, in one write.</summary>
    internal static PlanStep WriteHost(this PlanBuilder plan, string path, string value)
    {
        PlanSlot fd = plan.OpenHost(path, LibC.O_WRONLY);
        PlanStep write = plan.Add($"write '{value}' to '{path}'", "write", fd, plan.Text(value), System.Text.Encoding.UTF8.GetByteCount(value)).Whole();
        plan.Add($"close '{path}'", "close", fd);
        return write;
    }

    /// <summary>Attaches a detached mount on an open target.</summary>
    internal static PlanStep Attach(this PlanBuilder plan, string name, PlanSlot mount, PlanSlot target) =>
        plan.Add(name, "move_mount", mount, plan.Text(string.Empty), target, plan.Text(string.Empty), Uapi.MOVE_MOUNT_F_EMPTY_PATH | Uapi.MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>Changes attributes of the mount behind a descriptor.</summary>
    internal static PlanStep SetAttributes(this PlanBuilder plan, string name, PlanSlot mount, in Uapi.mount_attr attributes, bool recursive) =>
        plan.Add(
            name,
            "mount_setattr",
            mount,
            plan.Text(string.Empty),
            Uapi.AT_EMPTY_PATH | (recursive ? Uapi.AT_RECURSIVE : 0),
            plan.Struct(attributes),
            32);

    /// <summary>Opens a path inside the container's root, whose descriptor is <paramref name="root"/>; links cannot lead out of it.</summary>
    internal static PlanStep OpenInRoot(this PlanBuilder plan, string name, PlanSlot root, string path, int flags, ulong extraResolve = 0) =>
        plan.Add(
            name,
            "openat2",
            root,
            plan.Text(path),
            plan.Struct(new Uapi.open_how
            {
                flags = (ulong)(flags | LibC.O_CLOEXEC),
                resolve = Uapi.RESOLVE_IN_ROOT | Uapi.RESOLVE_NO_MAGICLINKS | extraResolve,
            }),
            24);

    /// <summary>Makes a detached mount of a new file system; the slot holds it.</summary>
    internal static PlanSlot NewFileSystem(this PlanBuilder plan, string subject, string type, string? source, IEnumerable<string> options, ulong attributes)
    {
        PlanSlot context = plan.NewSlot();
        PlanSlot mount = plan.NewSlot();
        plan.Add($"fsopen {type} for {subject}", "fsopen", plan.Text(type), Uapi.FSOPEN_CLOEXEC).Into(context);
        if (!string.IsNullOrEmpty(source))
        {
            plan.FsString(subject, context, "source", source);
        }

        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                plan.Add($"fsconfig {option} for {subject}", "fsconfig", context, Uapi.FSCONFIG_SET_FLAG, plan.Text(option), 0, 0);
            }
            else
            {
                plan.FsString(subject, context, option[..equals], option[(equals + 1)..]);
            }
        }

        plan.Add($"mount {type} {subject}", "fsconfig", context, Uapi.FSCONFIG_CMD_CREATE, 0, 0, 0);
        plan.Add($"fsmount {type} for {subject}", "fsmount", context, Uapi.FSMOUNT_CLOEXEC, (long)attributes).Into(mount);
        plan.Add($"close context of {subject}", "close", context);
        return mount;
    }

    /// <summary>Sets one option of a file system in the making.</summary>
    internal static void FsString(this PlanBuilder plan, string subject, PlanSlot context, string key, string value) =>
        plan.Add($"fsconfig {key}={value} for {subject}", "fsconfig", context, Uapi.FSCONFIG_SET_STRING, plan.Text(key), plan.Text(value), 0);
}
