namespace Keelson.Integration.Security;

public sealed class ShimProgramTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    [Trait("CVE", "2019-5736")]
    public async Task Nobody_writes_the_program_of_later_pods_through_a_shim()
    {
        await StartDaemonAsync();
        Pod pod = await RunPodAsync(HostNetwork);
        int shim = await ShimOfAsync(pod);

        // O_TRUNC: of a program that merely runs the kernel would say that its text file is busy.
        CommandResult write = await Command.RunAsync("/bin/sh", ["-c", $": >/proc/{shim}/exe"]);

        Assert.Contains("Read-only file system", write.Error, StringComparison.Ordinal);
        Assert.Equal("keelson-shim\n", await File.ReadAllTextAsync($"/proc/{shim}/comm"));
        Assert.StartsWith($"keelson-shim\0{pod.Id}\0", await File.ReadAllTextAsync($"/proc/{shim}/cmdline"), StringComparison.Ordinal);

        // The pod's /dev/shm is the one mount that the host sees of it.
        Assert.Single(File.ReadAllLines("/proc/self/mountinfo"), line => line.Contains(Daemon.State, StringComparison.Ordinal));
    }

    private async Task<int> ShimOfAsync(Pod pod)
    {
        HostSnapshot host = await HostSnapshot.TakeAsync(new LeakScope { ProcessMarks = [Daemon.State] });
        string line = Assert.Single(host.Things, thing => thing.Contains($"keelson-shim {pod.Id}", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
