using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// The container's terminal: of the instance of devpts that becomes its /dev/pts, so that it has a name there, and bound
/// to /dev/console. The master stays with the shim, which therefore makes the instance and hands over its mount.
/// </summary>
internal static class TerminalStage
{
    private const string PtsPath = "dev/pts";
    private const string ConsolePath = "dev/console";
    private const string ConsoleName = "console";

    /// <summary>Whether the terminal is of this mount.</summary>
    internal static bool IsOf(RuntimeSpec spec, MountSpec mount, string path) =>
        path == PtsPath && mount.Type == "devpts" && (spec.Process?.Terminal ?? false);

    /// <summary>The mount for /dev/pts: the shim's, or, of a shim that is older than this and gives none, a new one.</summary>
    /// <exception cref="KeelsonException">Unimplemented: the spec wants other options than the shim's mount has.</exception>
    internal static PlanSlot TakeMount(PlanBuilder plan, MountSpec mount, MountOptions options)
    {
        if (!options.Data.ToHashSet(StringComparer.Ordinal).SetEquals(ContainerTerminals.MountOptions))
        {
            throw new KeelsonException(
                ErrorKind.Unimplemented, $"mount '{mount.Destination}': with a terminal its options are {string.Join(',', ContainerTerminals.MountOptions)}");
        }

        const int aboveStreams = 3;
        plan.TakesTerminalMount = true;
        PlanSlot taken = plan.NewSlot();
        PlanLabel missing = new();
        PlanLabel there = new();
        plan.Add("take the devpts of the terminal", "fcntl", new PlanSlot(PlanSlots.FirstExtra), Uapi.F_DUPFD_CLOEXEC, aboveStreams).Into(taken).Tolerating(missing, Errno.EBADF).Then(there);
        plan.Mark(missing);
        PlanSlot made = plan.NewFileSystem($"'{mount.Destination}'", "devpts", mount.Source, options.Data, options.Own.attr_set);
        plan.Add($"keep devpts for '{mount.Destination}'", "fcntl", made, Uapi.F_DUPFD_CLOEXEC, aboveStreams).Into(taken);
        plan.Add("close devpts", "close", made);
        plan.Mark(there);
        plan.SetAttributes($"mount_setattr '{mount.Destination}'", taken, options.Own, recursive: false);
        return taken;
    }

    /// <summary>Whether /dev/console is the terminal: where the spec puts nothing else there.</summary>
    internal static bool HasConsole(RuntimeSpec spec) =>
        spec.Process is { Terminal: true }
        && !spec.Mounts.Any(mount => MountPaths.Relative(mount.Destination) == ConsolePath)
        && !(spec.Linux?.Devices.Any(device => MountPaths.Relative(device.Path) == ConsolePath) ?? false);

    /// <summary>The file that /dev/console is mounted on.</summary>
    internal static void MakeConsole(PlanBuilder plan, PlanSlot dev) =>
        plan.Add("create '/dev/console'", "mknodat", dev, plan.Text(ConsoleName), 0x8180 /* S_IFREG | 0600 */, 0);

    /// <summary>
    /// Mounts the terminal on /dev/console, both by descriptor and before any path is masked: neither end is looked up
    /// where an image or another container could have put something else (CVE-2025-52565).
    /// </summary>
    internal static void BindConsole(PlanBuilder plan, PlanSlot dev)
    {
        PlanSlot console = plan.NewSlot();
        PlanSlot target = plan.NewSlot();
        PlanLabel foreign = new();

        // EINVAL: a terminal of the host's devpts, whose mount is not of this namespace.
        plan.Add("open_tree the terminal", "open_tree", new PlanSlot(PlanSlots.Stdin), plan.Text(string.Empty), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | Uapi.AT_EMPTY_PATH)
            .Into(console).Tolerating(foreign, Errno.EINVAL);
        plan.Add("fstatfs the terminal", "fstatfs", console, plan.Scratch);
        plan.AddCheck("the terminal is of devpts", plan.Scratch, -1, Uapi.DEVPTS_SUPER_MAGIC, Errno.EPERM);
        plan.Add("open target '/dev/console'", "openat", dev, plan.Text(ConsoleName), Uapi.O_PATH | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0).Into(target);
        plan.Attach("move_mount onto '/dev/console'", console, target);
        plan.Add("close target '/dev/console'", "close", target);
        plan.Add("close the terminal's mount", "close", console);
        plan.Mark(foreign);
    }
}
