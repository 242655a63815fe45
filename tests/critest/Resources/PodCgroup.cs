namespace Keelson.CriTest.Resources;

/// <summary>The cgroup a kubelet makes for a pod before it asks for the sandbox, and removes afterwards.</summary>
internal sealed class PodCgroup : IDisposable
{
    private readonly string[] _directories;

    public PodCgroup()
    {
        Path = $"/kubepods-keelson-test/pod{Guid.NewGuid()}";
        string root = "/sys/fs/cgroup";
        _directories = Cgroups.IsUnified
            ? [root + Path]
            : [.. System.IO.Directory.EnumerateDirectories(root).Where(hierarchy => File.Exists($"{hierarchy}/cgroup.procs")).Select(hierarchy => hierarchy + Path)];
        foreach (string directory in _directories)
        {
            System.IO.Directory.CreateDirectory(directory);
            InheritCpuset(directory);
        }
    }

    public string Path { get; }

    public bool Exists => _directories.All(System.IO.Directory.Exists);

    public IEnumerable<string> Children => _directories.SelectMany(System.IO.Directory.EnumerateDirectories);

    public void Dispose()
    {
        foreach (string directory in _directories)
        {
            System.IO.Directory.Delete(directory);
            System.IO.Directory.Delete(System.IO.Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>A new cpuset of v1 is empty and takes no process; a kubelet fills it from the parent too.</summary>
    private static void InheritCpuset(string directory)
    {
        foreach (string file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            string parent = System.IO.Path.GetDirectoryName(directory)!;
            string above = System.IO.Path.GetDirectoryName(parent)!;
            if (!File.Exists($"{directory}/{file}") || !File.Exists($"{above}/cgroup.clone_children"))
            {
                continue;
            }

            File.WriteAllText($"{parent}/{file}", File.ReadAllText($"{above}/{file}"));
            File.WriteAllText($"{directory}/{file}", File.ReadAllText($"{above}/{file}"));
        }
    }
}
