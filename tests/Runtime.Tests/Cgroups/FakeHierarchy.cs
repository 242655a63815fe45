using Keelson.Core;
using Keelson.Oci.Cgroups;

namespace Keelson.Runtime.Tests.Cgroups;

/// <summary>A directory that stands for a node's cgroup mounts: files are made beforehand, since no kernel makes them.</summary>
internal sealed class FakeHierarchy : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("keelson-cgroup-");

    internal CgroupLayout V2(params string[] controllers) =>
        new([new CgroupHierarchy(HostPath.Parse(_root.FullName), true, [.. controllers], "")]);

    internal CgroupLayout V1(params string[] controllers) =>
        new([.. controllers.Select(name => new CgroupHierarchy(HostPath.Parse($"{_root.FullName}/{name}"), false, [name], ""))]);

    internal void File(string path, string content)
    {
        string full = $"{_root.FullName}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, content);
    }

    internal string Read(string path) => System.IO.File.ReadAllText($"{_root.FullName}/{path}");

    public void Dispose() => _root.Delete(recursive: true);
}
