using System.Diagnostics;
using System.Text;
using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

public sealed class ExecSyncTests
{
    private static readonly byte[] Counting = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 3_000_000).Select(number => $"{number}\n")));

    private static readonly int FirstThousand = Enumerable.Range(1, 1000).Sum(number => $"{number}\n".Length);

    private static string Text(System.Collections.Immutable.ImmutableArray<byte> bytes) => Encoding.UTF8.GetString(bytes.AsSpan());

    [Fact]
    public async Task Output_and_code_come_back()
    {
        await using ShimHarness shim = await StartWithTargetAsync();

        ExecSyncOutcome outcome = await shim.ExecAsync("web", "echo out; echo err >&2; exit 5");

        Assert.True(outcome.Launch.Launched);
        Assert.Equal((5, false, "out\n", "err\n"), (outcome.ExitCode, outcome.TimedOut, Text(outcome.Stdout), Text(outcome.Stderr)));
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_an_outcome()
    {
        await using ShimHarness shim = await StartWithTargetAsync();

        ExecSyncOutcome outcome = await shim.Client.ExecSyncAsync(
            new ExecSyncRequest { TargetProcessId = "web", Plan = ShimHarness.Plan("/no/such").Image }, ShimHarness.Soon());

        Assert.Equal((false, 2), (outcome.Launch.Launched, outcome.Launch.Errno));
    }

    [Fact]
    public async Task A_target_that_has_ended_is_refused()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "true"));
        await shim.NextExitAsync();

        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(() => shim.ExecAsync("web", "true"));

        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
    }

    [Fact]
    public async Task A_timeout_kills_children_in_other_sessions_and_double_forked_daemons_too()
    {
        await using ShimHarness shim = await StartWithTargetAsync();

        ExecSyncOutcome outcome = await shim.ExecAsync(
            "web",
            "sleep 1001 & setsid sleep 1001 & (setsid sh -c 'sleep 1001 & sleep 1001' >/dev/null 2>&1 &); echo started; wait",
            TimeSpan.FromMilliseconds(300));

        Assert.True(outcome.TimedOut);
        Assert.Equal("started\n", Text(outcome.Stdout));
        await ProcessTests.WaitForAsync(() => !IsRunning("sleep\01001"));
    }

    [Fact]
    [Trait("CVE", "2026-53495")]
    [Trait("CVE", "GHSA-7jxh-36q5-gcqv")]
    public async Task What_a_command_left_in_the_background_lives_on_and_holds_the_answer_no_longer_than_the_drain()
    {
        await using ShimHarness shim = await StartWithTargetAsync();
        Stopwatch time = Stopwatch.StartNew();

        ExecSyncOutcome outcome = await shim.ExecAsync(
            "web", "echo begun; sleep 1002 & setsid sleep 1002 &", change: request => request with { DrainTimeout = TimeSpan.FromMilliseconds(400) });

        Assert.InRange(time.ElapsedMilliseconds, 350, 5000);
        Assert.Equal((0, false, "begun\n"), (outcome.ExitCode, outcome.TimedOut, Text(outcome.Stdout)));
        Assert.True(IsRunning("sleep\01002"));
        foreach (int pid in Find("sleep\01002"))
        {
            Process.GetProcessById(pid).Kill();
        }
    }

    [Theory]
    [Trait("CVE", "2022-31030")]
    [Trait("CVE", "2022-1708")]
    [InlineData("seq 3000000; seq 3000000 >&2", "half", "half")]
    [InlineData("seq 3000000 >&2; seq 3000000", "half", "half")]
    [InlineData("seq 3000000 & seq 3000000 >&2; wait", "half", "half")]
    [InlineData("seq 3000000; seq 1000 >&2", "rest", "whole")]
    [InlineData("seq 1000; seq 3000000 >&2", "whole", "rest")]
    [InlineData("seq 3000000 >&2", "none", "rest")]
    public async Task Output_beyond_the_limit_is_dropped_while_the_command_goes_on_and_no_stream_starves_the_other(string script, string stdout, string stderr)
    {
        await using ShimHarness shim = await StartWithTargetAsync();

        ExecSyncOutcome outcome = await shim.ExecAsync("web", script + "; exit 9");

        Assert.Equal(9, outcome.ExitCode);
        Assert.Equal(ShimProtocol.MaxOutputBytes, outcome.Stdout.Length + outcome.Stderr.Length);
        AssertKept(outcome.Stdout, stdout, outcome.Stderr.Length);
        AssertKept(outcome.Stderr, stderr, outcome.Stdout.Length);
    }

    [Fact]
    public async Task Output_comes_back_byte_for_byte_whatever_its_size()
    {
        await using ShimHarness shim = await StartWithTargetAsync();
        foreach (int size in new[] { 0, 1, 4095, 32768, 65536, 300_001, 5_000_000 })
        {
            byte[] content = new byte[size];
            new Random(size).NextBytes(content);
            File.WriteAllBytes(shim.PathOf("blob"), content);

            ExecSyncOutcome outcome = await shim.ExecAsync("web", $"cat {shim.PathOf("blob")}; cat {shim.PathOf("blob")} >&2");

            Assert.True(outcome.Stdout.AsSpan().SequenceEqual(content) && outcome.Stderr.AsSpan().SequenceEqual(content), $"size {size}");
        }
    }

    [Fact]
    public async Task Many_at_once_each_get_their_own_answer()
    {
        await using ShimHarness shim = await StartWithTargetAsync();

        ExecSyncOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => shim.ExecAsync("web", $"sleep 0.0{i % 7}; echo {i}; exit {i}")));

        Assert.All(outcomes, (outcome, i) => Assert.Equal((i, $"{i}\n"), (outcome.ExitCode, Text(outcome.Stdout))));
        Assert.Equal(0, shim.ShimLog.Length);
    }

    [Fact]
    public async Task Giving_up_ends_the_command()
    {
        await using ShimHarness shim = await StartWithTargetAsync();
        using var giveUp = new CancellationTokenSource(300);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shim.Client.ExecSyncAsync(
            new ExecSyncRequest { TargetProcessId = "web", Plan = ShimHarness.Plan("/bin/sleep", "1003").Image }, giveUp.Token));

        await ProcessTests.WaitForAsync(() => !IsRunning("sleep\01003"));
        Assert.Equal("still\n", Text((await shim.ExecAsync("web", "echo still")).Stdout));
    }

    /// <summary>What is kept is the beginning, without a gap.</summary>
    private static void AssertKept(System.Collections.Immutable.ImmutableArray<byte> content, string share, int other)
    {
        int expected = share switch
        {
            "half" => ShimProtocol.MaxOutputBytes / 2,
            "rest" => ShimProtocol.MaxOutputBytes - other,
            "whole" => FirstThousand,
            _ => 0,
        };
        Assert.Equal(expected, content.Length);
        Assert.True(content.AsSpan().SequenceEqual(Counting.AsSpan(0, expected)));
    }

    private static async Task<ShimHarness> StartWithTargetAsync()
    {
        ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        return shim;
    }

    private static bool IsRunning(string commandLine) => Find(commandLine).Length > 0;

    private static int[] Find(string commandLine) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, null))
            .Where(pid => Read($"/proc/{pid}/cmdline").StartsWith(commandLine, StringComparison.Ordinal)),
    ];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
