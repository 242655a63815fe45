using System.Diagnostics;

namespace Keelson.Integration.Restart;

/// <summary>A shim kept in reserve belongs to its daemon alone: it never outlives it, and a pod that took it over does.</summary>
public sealed class SpareShimTests(Machine machine) : DaemonTest(machine)
{
    private static readonly DaemonOptions WithSpare = new() { SpareShim = true };

    [SkippableFact]
    public async Task A_pod_takes_over_the_shim_in_reserve_and_another_one_follows()
    {
        await StartDaemonAsync(WithSpare);
        int first = await SpareAsync();

        Pod pod = await RunPodAsync(HostNetwork);

        Assert.Contains(pod.Id, File.ReadAllText($"/proc/{first}/cmdline"), StringComparison.Ordinal);
        await Eventually.IsTrueAsync("the next one is there", () => Shims().Length == 2);
        await Daemon.StopAsync();
        await Eventually.IsTrueAsync("the pod's shim alone is left", () => Shims().SequenceEqual([first]));
        await Daemon.StartAgainAsync();
        await StopReserveAsync();
    }

    [SkippableFact]
    public async Task A_killed_daemon_takes_the_reserve_with_it()
    {
        await StartDaemonAsync(WithSpare);
        await SpareAsync();

        await Daemon.KillAsync();

        await Eventually.IsTrueAsync("no shim is left", () => Shims().Length == 0);
    }

    private async Task<int> SpareAsync()
    {
        await Eventually.IsTrueAsync("a shim is kept in reserve", () => Shims().Length == 1);
        return Shims()[0];
    }

    /// <summary>The proof that nothing is left is made while the daemon runs, so it has to run without.</summary>
    private async Task StopReserveAsync()
    {
        await Daemon.StopAsync();
        File.WriteAllText(Daemon.ConfigurationPath, File.ReadAllText(Daemon.ConfigurationPath).Replace("spare_shim: true", "spare_shim: false", StringComparison.Ordinal));
        await StartAgainAsync();
    }

    private int[] Shims() =>
    [
        .. Process.GetProcessesByName("keelson-shim")
            .Where(process => IsOurs(process.Id))
            .Select(process => process.Id)
            .Order(),
    ];

    private bool IsOurs(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(Daemon.State, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
