using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <inheritdoc cref="ICgroup"/>
internal sealed partial class Cgroup(CgroupLayout layout, CgroupPath path, TimeProvider time) : ICgroup
{
    private const uint DirectoryMode = 0x1ed; // 0755

    private readonly CgroupHierarchy[] _hierarchies = [.. layout.Hierarchies];

    /// <inheritdoc/>
    public CgroupPath Path { get; } = path;

    /// <inheritdoc/>
    public bool Exists => Array.Exists(_hierarchies, hierarchy => Directory.Exists(hierarchy.DirectoryOf(Path).Value));

    /// <inheritdoc/>
    public CgroupPlacement Placement => new(
        ImmutableArray.CreateRange(layout.V1, hierarchy => hierarchy.DirectoryOf(Path)),
        layout.V2?.DirectoryOf(Path));

    /// <inheritdoc/>
    public HostPath? OomDirectory => layout.Of("memory")?.DirectoryOf(Path);

    /// <inheritdoc/>
    /// <remarks>cgroup.kill of version 2 where it is mounted; else a hierarchy that every process of the group is in.</remarks>
    public HostPath? KillDirectory => (layout.V2 ?? layout.Of("pids") ?? layout.Of("freezer") ?? _hierarchies.FirstOrDefault())?.DirectoryOf(Path);

    /// <inheritdoc/>
    public void Create()
    {
        foreach (CgroupHierarchy hierarchy in _hierarchies)
        {
            Make(hierarchy, Path);
            if (hierarchy.IsV2)
            {
                EnableControllers(hierarchy, Path);
            }
        }
    }

    /// <inheritdoc/>
    public void Apply(ResourcesSpec resources)
    {
        foreach (CgroupWrite write in Plan(resources))
        {
            Errno error = CgroupFile.Write(write.Directory, write.File, write.Value);
            if (error != Errno.None && !write.Optional)
            {
                throw Refused(write, error);
            }
        }

        ApplyDevices(resources);
    }

    /// <inheritdoc/>
    public void Update(ResourcesSpec resources)
    {
        if (!Exists)
        {
            throw new KeelsonException(ErrorKind.NotFound, $"cgroup '{Path}' does not exist");
        }

        Stack<CgroupWrite> done = new();
        foreach (CgroupWrite write in Order(Plan(resources)))
        {
            string? before = CgroupFile.TryRead(write.Directory, write.File);
            Errno error = CgroupFile.Write(write.Directory, write.File, write.Value);
            bool kept = error == Errno.None && (write.ReadBack is null || CgroupFile.TryRead(write.Directory, write.File) is string after && write.ReadBack(after));
            if (kept)
            {
                if (before is not null)
                {
                    done.Push(write with { Value = before });
                }
            }
            else if (!write.Optional)
            {
                // What was already changed goes back, newest first, so that limits never cross each other.
                foreach (CgroupWrite undo in done)
                {
                    CgroupFile.Write(undo.Directory, undo.File, undo.Value);
                }

                throw Refused(write, error);
            }
        }
    }

    private static KeelsonException Refused(CgroupWrite write, Errno error) => error switch
    {
        Errno.None => new KeelsonException(ErrorKind.InvalidArgument, $"write '{write.Value}' to '{write.Directory}/{write.File}': the kernel kept another value"),
        Errno.ENOENT => new KeelsonException(
            ErrorKind.FailedPrecondition, $"write '{write.Value}' to '{write.Directory}/{write.File}': the node has no such cgroup controller or file"),
        _ => new KeelsonException(ErrorKind.InvalidArgument, new LinuxException("write", $"{write.Directory}/{write.File}", error).Message + $", value '{write.Value}'"),
    };

    /// <summary>Makes the group, and those above it where they are missing. One that is there already is as good.</summary>
    private static void Make(CgroupHierarchy hierarchy, CgroupPath path)
    {
        HostPath directory = hierarchy.DirectoryOf(path);
        Errno error = PlainFile.TryMakeDirectory(directory.Value, DirectoryMode);
        if (error == Errno.ENOENT && path.Value != "/")
        {
            Make(hierarchy, path.Parent);
            error = PlainFile.TryMakeDirectory(directory.Value, DirectoryMode);
        }

        if (error is not (Errno.None or Errno.EEXIST))
        {
            throw new LinuxException("mkdir", directory.Value, error);
        }

        if (error == Errno.None && !hierarchy.IsV2 && hierarchy.Controllers.Contains("cpuset"))
        {
            // A version 1 cpuset starts empty, and no process may enter an empty one.
            InheritCpuset(hierarchy.DirectoryOf(path.Parent), directory);
        }
    }

    /// <summary>
    /// Version 2: a group has the controllers that the one above it passes on. Each is asked for by itself: one that is
    /// not to be had must not stop the others.
    /// </summary>
    private static void EnableControllers(CgroupHierarchy hierarchy, CgroupPath path)
    {
        if (path.Value == "/" || !IsMissingAny(hierarchy.DirectoryOf(path), hierarchy.Controllers))
        {
            return;
        }

        EnableControllers(hierarchy, path.Parent);
        HostPath above = hierarchy.DirectoryOf(path.Parent);
        string enabled = $" {CgroupFile.TryRead(above, "cgroup.subtree_control")} ";
        foreach (string controller in hierarchy.Controllers.Where(controller => !enabled.Contains($" {controller} ", StringComparison.Ordinal)))
        {
            CgroupFile.Write(above, "cgroup.subtree_control", $"+{controller}");
        }
    }

    private static bool IsMissingAny(HostPath directory, ImmutableArray<string> controllers)
    {
        if (controllers.IsEmpty)
        {
            return false;
        }

        string present = $" {CgroupFile.TryRead(directory, "cgroup.controllers")} ";
        return controllers.Any(controller => !present.Contains($" {controller} ", StringComparison.Ordinal));
    }

    private static void InheritCpuset(HostPath above, HostPath directory)
    {
        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            if (CgroupFile.TryRead(above, file) is { Length: > 0 } value)
            {
                CgroupFile.Write(directory, file, value);
            }
        }
    }
}
