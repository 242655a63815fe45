using System.Globalization;

namespace Keelson.Integration.Security;

/// <summary>What a command can make the node's processes take by talking.</summary>
public sealed class ExecOutputTests(Machine machine) : DaemonTest(machine)
{
    private const int OutputLimitMiB = 16;

    [SkippableFact]
    [Trait("CVE", "2022-31030")]
    [Trait("CVE", "2022-1708")]
    public async Task Endless_output_takes_no_more_of_the_shim_than_the_limit_and_nothing_of_the_disk()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);
        Running container = await StartAsync(pod, "sleep 1000");
        HostSnapshot host = await HostSnapshot.TakeAsync(new LeakScope { ProcessMarks = [Daemon.State] });
        string shim = Assert.Single(host.Things, thing => thing.Contains($"keelson-shim {pod.Id}", StringComparison.Ordinal)).Split(' ')[1];
        long peak = PeakMiB(shim);
        long disk = Size(Daemon.Root) + Size(Daemon.State) + Size(pod.Config.LogDirectory);

        var request = new Cri.ExecSyncRequest { ContainerId = container.Id, Timeout = 30 };
        request.Cmd.Add(Shell("head -c 400000000 /dev/zero; echo end >&2"));
        Cri.ExecSyncResponse answer = await Client.ExecSyncAsync(request);

        Assert.InRange(answer.Stdout.Length, 1 << 20, OutputLimitMiB << 20);
        Assert.InRange(PeakMiB(shim) - peak, 0, OutputLimitMiB + 8);
        Assert.InRange(Size(Daemon.Root) + Size(Daemon.State) + Size(pod.Config.LogDirectory) - disk, 0, 1 << 20);
    }

    /// <summary>The most that a process ever had resident.</summary>
    private static long PeakMiB(string process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    private static long Size(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(file => file.Length);
}
