using System.Diagnostics;

namespace Keelson.Bench;

/// <summary>How fast a container's output becomes a log file: lines of 100 bytes from a file, so that the writer is not what is measured.</summary>
internal static class LogBench
{
    private const int Rounds = 5;
    private const int Bytes = 200_000_000;

    public static async Task RunAsync(Report report, IReadOnlyList<Target> targets, TemporaryDirectory files)
    {
        string data = files.Sub("lines");
        WriteLines($"{data}/lines");
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Target target in targets)
            {
                (string pod, Cri.PodSandboxConfig config) = await target.RunPodAsync(hostNetwork: true);
                Cri.CreateContainerRequest request = target.Container(pod, config, ["/bin/cat", "/data/lines"],
                    container => container.Mounts.Add(Kubelet.Bind(data, "/data", isReadonly: true)));
                string container = (await target.Client.CreateContainerAsync(request)).ContainerId;
                long start = Stopwatch.GetTimestamp();
                await target.Client.StartContainerAsync(new() { ContainerId = container });
                await Eventually.IsTrueAsync("the log is written", async () =>
                    (await target.Client.ContainerStatusAsync(new() { ContainerId = container })).Status.State == Cri.ContainerState.ContainerExited,
                    TimeSpan.FromMinutes(2));
                report.Add("log throughput, lines of 100 bytes [MB/s]", target, Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds);
                await target.RemoveAsync(pod);
                Directory.Delete(config.LogDirectory, recursive: true);
            }
        }
    }

    private static void WriteLines(string path)
    {
        using FileStream file = File.Create(path);
        byte[] line = new byte[100];
        Array.Fill(line, (byte)'x');
        line[^1] = (byte)'\n';
        byte[] block = [.. Enumerable.Repeat(line, 10_000).SelectMany(bytes => bytes)];
        for (int written = 0; written < Bytes; written += block.Length)
        {
            file.Write(block);
        }
    }
}
