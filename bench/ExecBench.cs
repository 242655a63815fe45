using System.Diagnostics;

namespace Keelson.Bench;

internal static class ExecBench
{
    public static async Task RunAsync(Report report, IReadOnlyList<Target> targets, int samples)
    {
        foreach (Target target in targets)
        {
            (string pod, Cri.PodSandboxConfig config) = await target.RunPodAsync(hostNetwork: true);
            string container = (await target.Client.CreateContainerAsync(target.Container(pod, config, ["/bin/sleep", "100000"]))).ContainerId;
            await target.Client.StartContainerAsync(new() { ContainerId = container });
            for (int sample = -5; sample < samples; sample++)
            {
                long start = Stopwatch.GetTimestamp();
                Cri.ExecSyncResponse answer = await target.Client.ExecSyncAsync(new() { ContainerId = container, Cmd = { "/bin/true" }, Timeout = 10 });
                if (answer.ExitCode != 0)
                {
                    throw new InvalidOperationException($"exec ended with {answer.ExitCode}");
                }

                if (sample >= 0)
                {
                    report.Add("ExecSync true [ms]", target, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }

            await target.RemoveAsync(pod);
        }
    }
}
