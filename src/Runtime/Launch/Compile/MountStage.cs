using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// The spec's mounts, in two halves. Before pivot_root each is made without a place: file systems by fsmount, sources
/// of the host by open_tree. After it each gets its place, found inside the root by descriptor, in the spec's order.
/// </summary>
internal sealed class MountStage
{
    private const string DevPath = "dev";
    private const string LayersOption = "lowerdir=";

    private readonly List<(string Path, PlanSlot Mount, bool Directory, ulong Resolve)> _prepared = [];
    private readonly List<(string Path, MountSpec Mount, MountOptions Options)> _cgroups = [];
    private readonly List<(PlanSlot Slot, MountSpec Mount, MountOptions Options)> _layered = [];
    private readonly CgroupLayout? _layout;

    private MountStage(CgroupLayout? layout) => _layout = layout;

    /// <summary>The tmpfs of /dev: our own, so what is in it is what was put there. Null where the spec brings another /dev.</summary>
    internal PlanSlot? Dev { get; private set; }

    /// <summary>Makes every mount, detached.</summary>
    /// <exception cref="KeelsonException">InvalidArgument or Unimplemented.</exception>
    internal static MountStage Prepare(PlanBuilder plan, RuntimeSpec spec, CgroupLayout? layout, bool layersSingly)
    {
        MountStage stage = new(layout);
        foreach (MountSpec mount in spec.Mounts)
        {
            MountOptions options = MountOptions.Parse(mount);
            string path = MountPaths.Relative(mount.Destination);
            MountPaths.CheckProc(path, mount, options);
            if (options.Bind)
            {
                stage.PrepareBind(plan, mount, options, path);
            }
            else if (mount.Type is "cgroup" or "cgroup2")
            {
                stage._cgroups.Add((path, mount, options));
                stage._prepared.Add((path, new PlanSlot(ushort.MaxValue), true, Strictness(path)));
            }
            else
            {
                PlanSlot slot = TerminalStage.IsOf(spec, mount, path)
                    ? TerminalStage.TakeMount(plan, mount, options)
                    : layersSingly || !IsLayered(mount)
                        ? PrepareFileSystem(plan, mount, options)
                        : stage.PrepareLayered(plan, mount, options);
                stage._prepared.Add((path, slot, true, Strictness(path)));
                if (path == DevPath && mount.Type == "tmpfs")
                {
                    stage.Dev = slot;
                    if (TerminalStage.HasConsole(spec))
                    {
                        TerminalStage.MakeConsole(plan, slot);
                    }

                    DeviceStage.Fill(plan, spec.Linux ?? new LinuxSpec(), slot);
                }
            }
        }

        return stage;
    }

    /// <summary>Whether <see cref="MountLayered"/> has something to do.</summary>
    internal bool HasLayered => _layered.Count > 0;

    /// <summary>
    /// Makes what could not be made without a place, in a copy of the host's namespace where nobody sees it.
    /// Before Linux 6.7 only mount(2) takes more layers than fit into the 255 bytes of an option of fsconfig(2).
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="place">A directory of the host that each is mounted on for a moment.</param>
    internal void MountLayered(PlanBuilder plan, string place)
    {
        foreach ((PlanSlot slot, MountSpec mount, MountOptions options) in _layered)
        {
            ImmutableArray<HostPath> layers = [.. options.Data.Where(IsLayers).SelectMany(Layers).Select(HostPath.Parse)];
            string joined = LayersOption + LowerDirectories.Join(layers, out HostPath common);
            string data = string.Join(',', [joined, .. options.Data.Where(option => !IsLayers(option))]);
            if (data.Length > LowerDirectories.MaxOptionBytes)
            {
                throw new KeelsonException(
                    ErrorKind.Unimplemented, $"mount '{mount.Destination}': {layers.Length} layers need {data.Length} bytes of overlay options; this kernel takes {LowerDirectories.MaxOptionBytes}");
            }

            plan.Add($"chdir to '{common}'", "chdir", plan.Text(common.Value));
            plan.Add($"mount overlay '{mount.Destination}'", "mount", plan.Text("overlay"), plan.Text(place), plan.Text("overlay"), 0, plan.Text(data));
            plan.Add($"open_tree '{mount.Destination}'", "open_tree", Uapi.AT_FDCWD, plan.Text(place), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC).Into(slot);
            plan.Add($"umount2 '{mount.Destination}' from its first place", "umount2", plan.Text(place), Uapi.MNT_DETACH);
            if (options.Own.attr_set != 0)
            {
                plan.SetAttributes($"mount_setattr '{mount.Destination}'", slot, options.Own, recursive: false);
            }

            SetPropagation(plan, mount, options, slot);
        }
    }

    /// <summary>Gives every mount its place.</summary>
    internal void Attach(PlanBuilder plan, PlanSlot root)
    {
        int cgroup = 0;
        foreach ((string path, PlanSlot mount, bool directory, ulong resolve) in _prepared)
        {
            if (mount.Index == ushort.MaxValue)
            {
                (_, MountSpec spec, MountOptions options) = _cgroups[cgroup++];
                CgroupMountStage.Attach(plan, root, path, spec, options, _layout);
                continue;
            }

            PlanSlot target = MountTarget.Open(plan, root, path, directory, resolve);
            plan.Attach($"move_mount onto '/{path}'", mount, target);
            plan.Add($"close target '/{path}'", "close", target);

            // The tmpfs of /dev stays open: masks take their null device from it.
            if (mount != Dev)
            {
                plan.Add($"close mount of '/{path}'", "close", mount);
            }
        }
    }

    /// <summary>/proc, /sys and /dev of an image must be plain directories: a link there would put a file system where nobody looks (CVE-2019-19921).</summary>
    private static ulong Strictness(string path) => path is "proc" or "sys" or DevPath ? Uapi.RESOLVE_NO_SYMLINKS : 0;

    private static PlanSlot PrepareFileSystem(PlanBuilder plan, MountSpec mount, MountOptions options)
    {
        string type = mount.Type ?? throw new KeelsonException(ErrorKind.InvalidArgument, $"mount '{mount.Destination}': neither a type nor bind");
        RefuseTreeAttributes(mount, options);

        // An image volume's layers one by one: fsconfig(2) takes 255 bytes of a value.
        IEnumerable<string> data = !IsLayered(mount)
            ? options.Data
            : options.Data.SelectMany(option => IsLayers(option) ? Layers(option).Select(layer => $"lowerdir+={layer}") : [option]);
        PlanSlot slot = plan.NewFileSystem($"'{mount.Destination}'", type, mount.Source, data, options.Own.attr_set);
        SetPropagation(plan, mount, options, slot);
        return slot;
    }

    private PlanSlot PrepareLayered(PlanBuilder plan, MountSpec mount, MountOptions options)
    {
        RefuseTreeAttributes(mount, options);
        PlanSlot slot = plan.NewSlot();
        _layered.Add((slot, mount, options));
        return slot;
    }

    private static void RefuseTreeAttributes(MountSpec mount, MountOptions options)
    {
        if ((options.Tree.attr_set | options.Tree.attr_clr) != 0)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"mount '{mount.Destination}': recursive attributes are for bind mounts");
        }
    }

    private static bool IsLayered(MountSpec mount) => mount.Type == "overlay" && mount.Options.Any(IsLayers);

    private static bool IsLayers(string option) => option.StartsWith(LayersOption, StringComparison.Ordinal);

    private static string[] Layers(string option) => option[LayersOption.Length..].Split(':');

    private void PrepareBind(PlanBuilder plan, MountSpec mount, MountOptions options, string path)
    {
        string source = string.IsNullOrEmpty(mount.Source)
            ? throw new KeelsonException(ErrorKind.InvalidArgument, $"mount '{mount.Destination}': a bind mount without a source")
            : mount.Source;
        if (options.Data.Count > 0)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"mount '{mount.Destination}': option '{options.Data[0]}' is not for bind mounts");
        }

        int recursive = options.BindRecursive ? Uapi.AT_RECURSIVE : 0;
        PlanSlot slot = plan.NewSlot();
        plan.Add($"open_tree bind source '{source}'", "open_tree", Uapi.AT_FDCWD, plan.Text(source), Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC | recursive).Into(slot);
        if (path == "proc")
        {
            RequireProcfs(plan, source, slot);
        }

        if ((options.Own.attr_set | options.Own.attr_clr) != 0)
        {
            plan.SetAttributes($"mount_setattr '{mount.Destination}'", slot, options.Own, recursive: false);
        }

        if ((options.Tree.attr_set | options.Tree.attr_clr) != 0)
        {
            plan.SetAttributes($"mount_setattr recursively '{mount.Destination}'", slot, options.Tree, recursive: true);
        }

        SetPropagation(plan, mount, options, slot);
        _prepared.Add((path, slot, !File.Exists(source), 0));
    }

    private static void SetPropagation(PlanBuilder plan, MountSpec mount, MountOptions options, PlanSlot slot)
    {
        if (options.Propagation == 0 && !options.Bind)
        {
            return;
        }

        // A clone of a shared mount is shared: without a word in the spec it becomes private, with all below it.
        long propagation = options.Propagation == 0 ? Uapi.MS_PRIVATE : options.Propagation;
        plan.SetAttributes(
            $"set propagation of '{mount.Destination}'",
            slot,
            new Uapi.mount_attr { propagation = (ulong)propagation },
            recursive: options.PropagationRecursive || options.Propagation == 0);
    }

    /// <summary>A host's procfs may stand in for one of our own (a pod in the host's pid namespace); nothing else may.</summary>
    private static void RequireProcfs(PlanBuilder plan, string source, PlanSlot slot)
    {
        plan.Add($"fstatfs '{source}'", "fstatfs", slot, plan.Scratch);
        plan.AddCheck($"'{source}' is procfs", plan.Scratch, -1, Uapi.PROC_SUPER_MAGIC, Linux.Errno.EPERM);
    }
}
