using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <inheritdoc cref="ICgroup"/>
internal sealed partial class Cgroup(CgroupLayout layout, CgroupPath path, TimeProvider time) : ICgroup
{
    private readonly CgroupHierarchy[] _hierarchies = [.. layout.Hierarchies];

    /// <inheritdoc/>
    public CgroupPath Path { get; } = path;

    /// <inheritdoc/>
    public bool Exists => Array.Exists(_hierarchies, hierarchy => Directory.Exists(hierarchy.DirectoryOf(Path).Value));

    /// <inheritdoc/>
    public CgroupPlacement Placement => new(
        [.. layout.V1.Select(hierarchy => hierarchy.DirectoryOf(Path))],
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
            CgroupPath above = CgroupPath.Parse("/");
            foreach (string name in Path.Names)
            {
                CgroupPath current = above.Child(name);
                Make(hierarchy, above, current);
                above = current;
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

    private static void Make(CgroupHierarchy hierarchy, CgroupPath above, CgroupPath path)
    {
        HostPath directory = hierarchy.DirectoryOf(path);
        bool existed = Directory.Exists(directory.Value);
        if (!existed)
        {
            Directory.CreateDirectory(directory.Value);
        }

        if (hierarchy.IsV2)
        {
            EnableControllers(hierarchy.DirectoryOf(above), hierarchy.Controllers);
        }
        else if (!existed && hierarchy.Controllers.Contains("cpuset"))
        {
            // A version 1 cpuset starts empty, and no process may enter an empty one.
            InheritCpuset(hierarchy.DirectoryOf(above), directory);
        }
    }

    /// <summary>Each by itself: one that a group above does not have must not stop the others.</summary>
    private static void EnableControllers(HostPath directory, IEnumerable<string> controllers)
    {
        string enabled = $" {CgroupFile.TryRead(directory, "cgroup.subtree_control")} ";
        foreach (string controller in controllers.Where(controller => !enabled.Contains($" {controller} ", StringComparison.Ordinal)))
        {
            CgroupFile.Write(directory, "cgroup.subtree_control", $"+{controller}");
        }
    }

    private static void InheritCpuset(HostPath above, HostPath directory)
    {
        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            if (CgroupFile.TryRead(above, file) is string value && CgroupFile.TryRead(directory, file) is "")
            {
                CgroupFile.Write(directory, file, value);
            }
        }
    }
}
