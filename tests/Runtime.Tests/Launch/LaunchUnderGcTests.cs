using System.Globalization;
using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Launches, also several at once, while another thread collects garbage without a pause. KEELSON_GC_LAUNCHES raises their number.</summary>
public sealed class LaunchUnderGcTests : IDisposable
{
    private const int DefaultLaunches = 500;
    private const int FailureEvery = 10;

    private readonly EngineHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Launches_neither_hang_nor_lie_under_garbage_collection(int threads)
    {
        int launches = int.TryParse(Environment.GetEnvironmentVariable("KEELSON_GC_LAUNCHES"), CultureInfo.InvariantCulture, out int asked) ? asked : DefaultLaunches;
        int before = GC.CollectionCount(0);
        using CancellationTokenSource stop = new();
        Thread load = new(() => Collect(stop.Token)) { IsBackground = true };
        load.Start();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ =>
                Task.Factory.StartNew(() => Launch(launches / threads), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
        finally
        {
            await stop.CancelAsync();
            load.Join();
        }

        int collections = GC.CollectionCount(0) - before;
        Assert.True(collections > launches / threads, $"only {collections} collections: no load");
    }

    private void Launch(int count)
    {
        LaunchPlan good = Plan("/bin/true");
        LaunchPlan bad = Plan("/no/such/program");
        for (int i = 1; i <= count; i++)
        {
            if (i % FailureEvery == 0)
            {
                LaunchEngineResult failed = _harness.Launch(bad);
                Assert.Equal(("execve '/no/such/program'", (int)Errno.ENOENT), (bad.Steps[failed.FailedStep], failed.Errno));
            }
            else
            {
                LaunchEngineResult started = _harness.Launch(good);
                Assert.True(started.Launched, started.FailedStep >= 0 ? good.DescribeFailure(started.FailedStep, started.Errno) : "?");
                Assert.Equal(0, EngineHarness.Wait(started));
            }
        }
    }

    private static LaunchPlan Plan(string program)
    {
        PlanBuilder builder = new();
        for (int i = 0; i < 50; i++)
        {
            builder.Add("getppid", "getppid");
        }

        return EngineHarness.Exec(builder, program).Build();
    }

    private static void Collect(CancellationToken stop)
    {
        List<byte[]> kept = [];
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            kept.Add(new byte[1000]);
            if (kept.Count > 1000)
            {
                kept.Clear();
            }

            GC.Collect(i % 3, GCCollectionMode.Forced, blocking: true);

            // A breath between two collections: the launching thread needs one to get past each of its calls.
            Thread.SpinWait(500);
        }
    }
}
