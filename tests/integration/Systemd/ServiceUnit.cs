using System.Globalization;

namespace Keelson.Integration.Systemd;

/// <summary>
/// The unit file as it is packaged, under a name of its own and for a daemon with directories of its own. What differs
/// from the package is the path of the program and its configuration, and what a test adds.
/// </summary>
internal sealed class ServiceUnit : IAsyncDisposable
{
    private const string UnitDirectory = "/run/systemd/system";
    private const string PackagedStart = "ExecStart=/usr/local/bin/keelson serve";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _work = new("u");
    private LeakCheck? _leaks;

    private ServiceUnit()
    {
        string mark = Path.GetFileName(_work.HostPath).ToLowerInvariant();
        Name = $"{mark}.service";
        CgroupParent = $"/{mark}";
    }

    public string Name { get; }

    public string CgroupParent { get; }

    public string Endpoint => $"unix://{_work.HostPath}/state/keelson.sock";

    /// <summary>Where systemd keeps the unit's processes.</summary>
    public string Group => $"/sys/fs/cgroup/system.slice/{Name}";

    public string UnitFile => $"{UnitDirectory}/{Name}";

    private LeakScope LeakScope => new()
    {
        MountPrefixes = [_work.HostPath],
        CgroupParents = [CgroupParent],
        ProcessMarks = [$"{_work.HostPath}/state"],
        FileRoots = [$"{_work.HostPath}/root/containers", $"{_work.HostPath}/root/sandboxes", $"{_work.HostPath}/state/shims"],
    };

    /// <summary>Writes the unit; does not start it.</summary>
    /// <param name="addition">Lines for its [Service] section.</param>
    public static async Task<ServiceUnit> InstallAsync(string addition = "")
    {
        Needs.Root();
        Skip.IfNot(
            Directory.Exists(UnitDirectory) && File.ReadAllText("/proc/1/comm") == "systemd\n" && File.Exists("/sys/fs/cgroup/cgroup.controllers"),
            "needs systemd as the machine's init, on cgroup v2 (make test-vm)");
        string binary = KeelsonDaemon.Binary;
        var unit = new ServiceUnit();
        await File.WriteAllTextAsync($"{unit._work.HostPath}/config.yaml", $"""
            root: {unit._work.HostPath}/root
            state: {unit._work.HostPath}/state
            cgroup_parent: {unit.CgroupParent}
            cni:
              conf_dir: {unit._work.Sub("cni")}
            """);
        string packaged = await File.ReadAllTextAsync(Path.Join(Path.GetDirectoryName(typeof(ServiceUnit).Assembly.Location), "keelson.service"));
        Assert.Contains(PackagedStart + "\n", packaged, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            unit.UnitFile,
            packaged.Replace(PackagedStart, $"ExecStart={binary} serve --config {unit._work.HostPath}/config.yaml\n{addition}", StringComparison.Ordinal));
        await SystemctlAsync("daemon-reload");
        unit._leaks = await LeakCheck.BeginAsync(unit.LeakScope);
        return unit;
    }

    public Task StartAsync() => SystemctlAsync("start", Name);

    public Task StopAsync() => SystemctlAsync("stop", Name);

    public Task RestartAsync() => SystemctlAsync("restart", Name);

    public static async Task<string> SystemctlAsync(params string[] arguments) =>
        (await Command.RunAsync("systemctl", arguments, Patience)).Succeeded().Trim();

    /// <summary>One of the unit's properties, as systemd knows it now.</summary>
    public Task<string> PropertyAsync(string property) => SystemctlAsync("show", "--value", $"--property={property}", Name);

    public async Task<int> MainPidAsync() => int.Parse(await PropertyAsync("MainPID"), CultureInfo.InvariantCulture);

    /// <summary>What systemd and the daemon have said of the unit.</summary>
    public async Task<string> JournalAsync()
    {
        await Command.RunAsync("journalctl", ["--sync"], Patience);
        return (await Command.RunAsync("journalctl", ["--no-pager", "--output=cat", $"UNIT={Name}", "+", $"_SYSTEMD_UNIT={Name}"], Patience)).Succeeded();
    }

    public int[] ProcessesInGroup() => File.Exists($"{Group}/cgroup.procs")
        ? [.. File.ReadLines($"{Group}/cgroup.procs").Select(line => int.Parse(line, CultureInfo.InvariantCulture))]
        : [];

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StartAsync();
            using var client = new CriClient(Endpoint);
            foreach (Cri.PodSandbox sandbox in (await client.ListPodSandboxAsync(new())).Items)
            {
                await client.StopPodSandboxAsync(new() { PodSandboxId = sandbox.Id });
                await client.RemovePodSandboxAsync(new() { PodSandboxId = sandbox.Id });
            }
        }
        finally
        {
            await StopAsync();
            File.Delete(UnitFile);
            await SystemctlAsync("daemon-reload");
        }

        await _leaks!.AssertNothingLeftAsync();
        if (Directory.Exists($"/sys/fs/cgroup{CgroupParent}"))
        {
            Directory.Delete($"/sys/fs/cgroup{CgroupParent}");
        }

        _work.Dispose();
    }
}
