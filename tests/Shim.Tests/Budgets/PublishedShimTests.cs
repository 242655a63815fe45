using System.Diagnostics;
using System.Globalization;
using Keelson.Oci.Shims;
using Keelson.Shim.Tests.Support;
using Xunit.Abstractions;

namespace Keelson.Shim.Tests.Budgets;

/// <summary>
/// What one shim may cost, because a node pays it once per pod. Needs the published binary: <c>KEELSON_SHIM</c>, as
/// <c>make test</c> and <c>make aot-check</c> set it. Memory is asserted; times depend on the machine and are printed, with only gross
/// regressions failing.
/// </summary>
public sealed class PublishedShimTests(ITestOutputHelper output)
{
    private const int PrivateLimitKib = 440;
    private const long BinaryLimitBytes = 1_500_000;

    [SkippableFact]
    public async Task The_binary_and_the_memory_of_a_shim_with_a_running_process_stay_small()
    {
        SkipWithoutPublishedShim();
        Assert.InRange(new FileInfo(ShimHarness.Binary.Value).Length, 0, BinaryLimitBytes);

        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        Report("one running process", shim.Client.Pid);

        for (int i = 0; i < 2000; i++)
        {
            await shim.ExecAsync("web", "true");
        }

        await Task.Delay(500);
        Report("after 2000 execs", shim.Client.Pid);

        await shim.LaunchAsync(shim.Shell("chatty", "yes 0123456789012345678901234567890123456789 | head -n 300000"));
        await shim.NextExitAsync();
        await Task.Delay(500);
        Report("after 300,000 lines", shim.Client.Pid);
    }

    [SkippableFact]
    public async Task Twenty_shims_share_what_is_not_their_own()
    {
        SkipWithoutPublishedShim();
        var shims = new List<ShimHarness>();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                shims.Add(await ShimHarness.StartAsync());
                await shims[^1].LaunchAsync(shims[^1].Shell("web", "exec sleep 1000"));
            }

            await Task.Delay(500);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"one of twenty shims: pss {shims.Average(shim => Memory(shim.Client.Pid)["Pss"]):F0} KiB, private dirty {shims.Average(shim => Memory(shim.Client.Pid)["Private_Dirty"]):F0}"));
        }
        finally
        {
            foreach (ShimHarness shim in shims)
            {
                await shim.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task A_shim_starts_and_executes_commands_quickly()
    {
        SkipWithoutPublishedShim();
        var starts = new List<double>();
        for (int i = 0; i < 20; i++)
        {
            var clock = Stopwatch.StartNew();
            await using ShimHarness started = await ShimHarness.StartAsync();
            starts.Add(clock.Elapsed.TotalMilliseconds);
        }

        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        var execs = new List<double>();
        var request = new ExecSyncRequest { TargetProcessId = "web", Plan = ShimHarness.Plan("/bin/busybox", "true").Image };
        for (int i = 0; i < 1000; i++)
        {
            var clock = Stopwatch.StartNew();
            ExecSyncOutcome outcome = await shim.Client.ExecSyncAsync(request, ShimHarness.Soon());
            execs.Add(clock.Elapsed.TotalMilliseconds);
            Assert.Equal(0, outcome.ExitCode);
        }

        Report("start to greeting", starts);
        Report("ExecSync of true", execs);
        Assert.InRange(Percentile(execs, 0.5), 0, 20);
    }

    [SkippableFact]
    public async Task Log_lines_are_copied_at_the_speed_of_memory()
    {
        SkipWithoutPublishedShim();
        Skip.IfNot(Directory.Exists("/dev/shm"), "no tmpfs at /dev/shm");
        Skip.If(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 4L << 30, "needs 4 GiB of memory, half of it for the log");
        await using ShimHarness shim = await ShimHarness.StartAsync();
        string log = "/dev/shm/" + Path.GetFileName(shim.Root) + ".log";
        string lines = log + ".lines";
        try
        {
            // Written by one process that does nothing else, in pieces of 128 KiB.
            await File.WriteAllLinesAsync(lines, Enumerable.Repeat(new string('x', 99), 1_000_000));
            var clock = Stopwatch.StartNew();
            await shim.LaunchAsync(shim.Shell("chatty", string.Join(';', Enumerable.Repeat("cat " + lines, 10))) with { LogPath = log });
            await shim.NextExitAsync();
            double seconds = clock.Elapsed.TotalSeconds;
            Assert.Equal(10_000_000L * 140, new FileInfo(log).Length);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log copying: {1000 / seconds:F0} MB/s of 100-byte lines to tmpfs, cpu {CpuSeconds(shim.Client.Pid):F2} s per GB"));
        }
        finally
        {
            File.Delete(log);
            File.Delete(lines);
        }
    }

    private static void SkipWithoutPublishedShim() =>
        Skip.If(Environment.GetEnvironmentVariable("KEELSON_SHIM") is null, "needs the published shim: KEELSON_SHIM names none (make test and make aot-check set it)");

    private static double CpuSeconds(int pid)
    {
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0;
    }

    private static double Percentile(List<double> values, double part) => values.Order().ElementAt((int)(values.Count * part));

    private void Report(string what, List<double> values) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: p50 {Percentile(values, 0.5):F2} ms, p10 {Percentile(values, 0.1):F2}, p99 {Percentile(values, 0.99):F2} (n {values.Count})"));

    private static Dictionary<string, int> Memory(int pid) => File.ReadAllLines($"/proc/{pid}/smaps_rollup").Skip(1)
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(parts => parts[0].TrimEnd(':'), parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

    private void Report(string what, int pid)
    {
        Dictionary<string, int> kib = Memory(pid);
        output.WriteLine($"{what}: rss {kib["Rss"]} KiB, pss {kib["Pss"]}, private dirty {kib["Private_Dirty"]}, threads {Directory.GetDirectories($"/proc/{pid}/task").Length}");
        Assert.InRange(kib["Private_Dirty"], 0, PrivateLimitKib);
    }
}
