using System.Diagnostics;
using System.Text.Json;

namespace Keelson.Bench;

internal static class MemoryBench
{
    private const double KiBPerMiB = 1024;

    /// <summary>Seconds. What a garbage collector or a trimmer frees in its own time is not what a pod costs.</summary>
    private const int Settling = 12;

    public static async Task IdleAsync(Report report, IReadOnlyList<Target> targets)
    {
        await SettleAsync(targets);
        foreach (Target target in targets)
        {
            AddDaemon(report, target, "idle");
        }
    }

    public static async Task WithPodsAsync(Report report, IReadOnlyList<Target> targets, int pods, int samples)
    {
        foreach (Target target in targets)
        {
            var running = new List<string>();
            for (int count = 0; count < pods; count++)
            {
                (string pod, Cri.PodSandboxConfig config) = await target.RunPodAsync(hostNetwork: true);
                running.Add(pod);
                string container = (await target.Client.CreateContainerAsync(target.Container(pod, config, ["/bin/sleep", "100000"]))).ContainerId;
                await target.Client.StartContainerAsync(new() { ContainerId = container });
            }

            await MeasureListsAsync(report, target, pods, samples);
            await SettleAsync([target]);
            AddDaemon(report, target, $"{pods} pods");
            AddHelpers(report, target);
            await AddPausesAsync(report, target, running);
            foreach (string pod in running)
            {
                await target.RemoveAsync(pod);
            }
        }
    }

    /// <summary>Waits as a daemon on a node does: a kubelet relists every second.</summary>
    private static async Task SettleAsync(IReadOnlyList<Target> targets)
    {
        for (int second = 0; second < Settling; second++)
        {
            foreach (Target target in targets)
            {
                await target.Client.ListPodSandboxAsync(new());
                await target.Client.ListContainersAsync(new());
                await target.Client.StatusAsync(new());
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task MeasureListsAsync(Report report, Target target, int pods, int samples)
    {
        // Whoever is measured first would pay for this client's compilation.
        for (int sample = -100; sample < samples; sample++)
        {
            long start = Stopwatch.GetTimestamp();
            await target.Client.ListContainersAsync(new());
            long listed = Stopwatch.GetTimestamp();
            await target.Client.ListContainerStatsAsync(new());
            long counted = Stopwatch.GetTimestamp();
            if (sample >= 0)
            {
                report.Add($"ListContainers, {pods} pods [ms]", target, Stopwatch.GetElapsedTime(start, listed).TotalMilliseconds);
                report.Add($"ListContainerStats, {pods} pods [ms]", target, Stopwatch.GetElapsedTime(listed, counted).TotalMilliseconds);
            }
        }
    }

    private static void AddDaemon(Report report, Target target, string when)
    {
        if (ProcessMemory.Of(target.DaemonProcess) is { } memory)
        {
            report.Add($"daemon PSS, {when} [MiB]", target, memory.PssKiB / KiBPerMiB);
            report.Add($"daemon resident, {when} [MiB]", target, memory.ResidentKiB / KiBPerMiB);
        }
    }

    private static void AddHelpers(Report report, Target target)
    {
        foreach (ProcessMemory memory in target.Helpers().Select(ProcessMemory.Of).OfType<ProcessMemory>())
        {
            report.Add("shim private, per pod [KiB]", target, memory.PrivateKiB);
            report.Add("shim PSS, per pod [KiB]", target, memory.PssKiB);
        }
    }

    private static async Task AddPausesAsync(Report report, Target target, IEnumerable<string> pods)
    {
        foreach (string pod in pods)
        {
            Cri.PodSandboxStatusResponse status = await target.Client.PodSandboxStatusAsync(new() { PodSandboxId = pod, Verbose = true });
            using JsonDocument info = JsonDocument.Parse(status.Info["info"]);
            if (ProcessMemory.Of(info.RootElement.GetProperty("pid").GetInt32()) is { } memory)
            {
                report.Add("pause private, per pod [KiB]", target, memory.PrivateKiB);
            }
        }
    }
}
