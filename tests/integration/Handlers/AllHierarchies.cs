namespace Keelson.Integration.Handlers;

/// <summary>
/// Where v1 controllers and a v2 tree stand side by side, crun wants all controllers among the former: hugetlb is
/// mounted there for the test.
/// </summary>
internal sealed class AllHierarchies : IDisposable
{
    private const string Hugetlb = "/sys/fs/cgroup/hugetlb";

    private readonly bool _mounted;

    private AllHierarchies(bool mounted) => _mounted = mounted;

    internal static async Task<IDisposable> MountAsync(bool needed)
    {
        if (!needed || !Directory.Exists("/sys/fs/cgroup/memory") || Directory.Exists(Hugetlb))
        {
            return new AllHierarchies(mounted: false);
        }

        Directory.CreateDirectory(Hugetlb);
        CommandResult mounted = await Command.RunAsync("mount", ["-t", "cgroup", "-o", "hugetlb", "hugetlb", Hugetlb]);
        if (mounted.ExitCode != 0)
        {
            Directory.Delete(Hugetlb);
            Skip.If(true, $"hugetlb can't be mounted as a hierarchy of its own: {mounted.Error}");
        }

        return new AllHierarchies(mounted: true);
    }

    public void Dispose()
    {
        if (_mounted)
        {
            Command.RunAsync("umount", [Hugetlb]).GetAwaiter().GetResult().Succeeded();
            Directory.Delete(Hugetlb);
        }
    }
}
