using System.Globalization;
using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Runtime.Tests;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

public sealed class SoakTests
{
    /// <summary>KEELSON_SOAK_SECONDS makes it long.</summary>
    private static readonly TimeSpan Duration =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("KEELSON_SOAK_SECONDS") ?? "4", CultureInfo.InvariantCulture));

    [SkippableFact]
    public async Task Everything_at_once_for_a_while_leaves_a_shim_as_it_was()
    {
        RootOnly.Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        int before = Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length;
        using var over = new CancellationTokenSource(Duration);
        int done = 0;

        await Task.WhenAll(
            Repeat(over.Token, RunJobAsync),
            Repeat(over.Token, RunJobAsync),
            Repeat(over.Token, ExecAsync),
            Repeat(over.Token, ExecAsync),
            Repeat(over.Token, TimeOutAsync),
            Repeat(over.Token, ComeAndGoAsync)).WaitAsync(Duration + ShimHarness.Timeout);

        Assert.Equal("web", Assert.Single(await shim.Client.ListAsync(ShimHarness.Soon())).ProcessId);
        Assert.Equal(string.Empty, shim.ShimLog);
        await ProcessTests.WaitForAsync(() => Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length == before);
        Assert.True(done > 20);

        async Task Repeat(CancellationToken end, Func<int, Task> turn)
        {
            while (!end.IsCancellationRequested)
            {
                await turn(Interlocked.Increment(ref done));
            }
        }

        async Task RunJobAsync(int number)
        {
            LaunchRequest request = shim.Shell($"job-{number}", $"i=0; while [ $i -lt 300 ]; do echo {number} $i; i=$((i+1)); done; exit {number % 100}") with { Terminal = number % 4 == 0 ? LaunchTerminal.OfHost : LaunchTerminal.None };
            await shim.LaunchAsync(request);
            if (number % 3 == 0)
            {
                await shim.Client.SignalAsync(request.ProcessId, 9, everyone: number % 2 == 0, ShimHarness.Soon());
            }

            await ProcessTests.WaitForAsync(() => File.Exists(request.ExitRecordPath));
            ProcessExit exit = ExitRecord.TryRead(request.ExitRecordPath!)!;
            Assert.True(exit.ExitCode == number % 100 || exit.Signal == 9);
            string[] expected = [.. Enumerable.Range(0, 300).Select(i => $"{number} {i}")];
            string[] lines = [.. ShimHarness.ReadLog(request.LogPath!).Select(line => line.Content.TrimEnd('\r'))];
            Assert.True(exit.Signal == 9 || expected.SequenceEqual(lines), $"{lines.Length} lines");
            await shim.Client.ForgetAsync(request.ProcessId, ShimHarness.Soon());
        }

        async Task ExecAsync(int number)
        {
            ExecSyncOutcome outcome = await shim.ExecAsync("web", $"head -c {number * 997 % 200_000} /dev/zero; exit {number % 200}");
            Assert.Equal((number % 200, number * 997 % 200_000), (outcome.ExitCode, outcome.Stdout.Length));
        }

        async Task TimeOutAsync(int number)
        {
            ExecSyncOutcome outcome = await shim.ExecAsync("web", $"sleep 200{number} & sleep 200{number}", TimeSpan.FromMilliseconds(20 + (number % 60)));
            Assert.True(outcome.TimedOut);
        }

        async Task ComeAndGoAsync(int number)
        {
            await using ShimClient client = await shim.ConnectAsync();
            if (number % 2 == 0)
            {
                await client.ExecSyncAsync(Command("/bin/true"), ShimHarness.Soon());
            }
            else
            {
                // Long enough not to have answered before the connection goes.
                Task abandoned = client.ExecSyncAsync(Command("/bin/sleep", "1"), ShimHarness.Soon());
                await client.DisposeAsync();
                await Assert.ThrowsAnyAsync<KeelsonException>(() => abandoned);
            }

            static ExecSyncRequest Command(string path, params string[] arguments) =>
                new() { TargetProcessId = "web", Plan = ShimHarness.Plan(path, arguments).Image };
        }
    }
}
