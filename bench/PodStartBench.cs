using System.Diagnostics;

namespace Keelson.Bench;

/// <summary>From RunPodSandbox until StartContainer has returned, and back; the targets take turns, so that they share the machine's moods.</summary>
internal static class PodStartBench
{
    private static readonly string[] Sleeper = ["/bin/sleep", "100000"];

    public static async Task RunAsync(Report report, IReadOnlyList<Target> targets, int samples, bool hostNetwork)
    {
        string kind = hostNetwork ? "host network" : "CNI bridge+portmap";
        for (int sample = -2; sample < samples; sample++)
        {
            foreach (Target target in targets)
            {
                await OneAsync(sample < 0 ? null : report, target, hostNetwork, kind);
            }
        }
    }

    private static async Task OneAsync(Report? report, Target target, bool hostNetwork, string kind)
    {
        Cri.PodSandboxConfig config = target.PodConfig(hostNetwork);
        long start = Stopwatch.GetTimestamp();
        string pod = (await target.Client.RunPodSandboxAsync(new() { Config = config })).PodSandboxId;
        long ran = Stopwatch.GetTimestamp();
        Cri.CreateContainerRequest request = target.Container(pod, config, Sleeper);
        long asked = Stopwatch.GetTimestamp();
        string container = (await target.Client.CreateContainerAsync(request)).ContainerId;
        long created = Stopwatch.GetTimestamp();
        await target.Client.StartContainerAsync(new() { ContainerId = container });
        long started = Stopwatch.GetTimestamp();
        await target.Client.StopPodSandboxAsync(new() { PodSandboxId = pod });
        long stopped = Stopwatch.GetTimestamp();
        await target.Client.RemovePodSandboxAsync(new() { PodSandboxId = pod });
        long removed = Stopwatch.GetTimestamp();
        if (report is null)
        {
            return;
        }

        Add("pod start, whole", start, started, asked - ran);
        Add("  RunPodSandbox", start, ran);
        Add("  CreateContainer", asked, created);
        Add("  StartContainer", created, started);
        Add("StopPodSandbox", started, stopped);
        Add("RemovePodSandbox", stopped, removed);

        void Add(string figure, long from, long to, long without = 0) =>
            report.Add($"{figure}, {kind} [ms]", target, Stopwatch.GetElapsedTime(from, to - without).TotalMilliseconds);
    }
}
