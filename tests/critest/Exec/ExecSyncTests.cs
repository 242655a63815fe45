using System.Diagnostics;

namespace Keelson.CriTest.Exec;

public sealed class ExecSyncTests(CriTarget target) : CriTest(target)
{
    private const int MaximumOutput = 16 << 20;

    [Fact]
    public async Task Both_streams_and_the_exit_code_come_back()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, Shell("echo out; echo err >&2; exit 3"));

        Assert.Equal("out\n", Utf8(answer.Stdout));
        Assert.Equal("err\n", Utf8(answer.Stderr));
        Assert.Equal(3, answer.ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(255)]
    public async Task Any_exit_code_is_an_answer_and_no_error(int code)
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Assert.Equal(code, (await ExecAsync(id, Shell($"exit {code}"))).ExitCode);
    }

    [Fact]
    public async Task Death_by_a_signal_is_128_and_its_number()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Assert.Equal(137, (await ExecAsync(id, Shell("kill -KILL $$"))).ExitCode);
    }

    [Fact]
    public async Task Output_is_bytes()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, Shell("printf '\\000\\377\\012\\200'"));

        Assert.Equal([0x00, 0xff, 0x0a, 0x80], answer.Stdout.ToByteArray());
    }

    [Fact]
    public async Task There_is_no_input()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Assert.Equal("0\n", Utf8((await ExecAsync(id, Shell("cat | wc -c"))).Stdout));
    }

    [Fact]
    public async Task The_command_runs_as_the_container_does()
    {
        Pod pod = await RunPodAsync(config => config.Hostname = "at-home");
        string id = await StartSleeperAsync(pod, config =>
        {
            config.WorkingDir = "/var/tmp";
            config.Envs.Add(Kubelet.Env("COLOUR", "green"));
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 };
            config.Linux.SecurityContext.SupplementalGroups.Add(777);
            config.Linux.SecurityContext.Capabilities = new() { DropCapabilities = { "ALL" } };
            config.Linux.SecurityContext.NoNewPrivs = true;
        });

        string[] lines = (await OutputOfAsync(id, """
            pwd; echo $COLOUR; id -u; hostname; id -G | tr ' ' '\n' | grep -x 777
            for ns in mnt pid net ipc uts; do test "$(readlink /proc/self/ns/$ns)" = "$(readlink /proc/1/ns/$ns)" && echo same; done
            sed -n 's/^\(CapBnd\|NoNewPrivs\|Seccomp\):\t//p' /proc/self/status
            """)).Split('\n');

        Assert.Equal(
            ["/var/tmp", "green", "1000", "at-home", "777", "same", "same", "same", "same", "same", "0000000000000000", "1", "2"], lines);
    }

    [Fact]
    public async Task The_command_is_in_the_containers_cgroup()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Assert.Equal("0", await OutputOfAsync(id, "diff /proc/1/cgroup /proc/self/cgroup > /tmp/difference; echo $?"));
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_an_error_or_126_or_127()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        try
        {
            Assert.Contains((await ExecAsync(id, "/no/such/command")).ExitCode, (int[])[126, 127]);
        }
        catch (CriException e)
        {
            Assert.Contains("no such file", e.Detail, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(id)).State);
    }

    [Fact]
    public async Task An_empty_command_is_refused()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        await FailsAsync(() => ExecAsync(id));
    }

    [Fact]
    public async Task In_a_container_that_does_not_run_it_fails()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string created = await CreateAsync(pod, Shell("true"));
        string exited = (await RunAsync(pod, "true")).Id;

        await FailsAsync(() => ExecAsync(created, "true"));
        await FailsAsync(() => ExecAsync(exited, "true"));
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_ended_and_the_container_goes_on()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());
        long start = Stopwatch.GetTimestamp();

        CriException e = await FailsAsync(() => ExecAsync(id, 1, "/bin/sleep", "76543"));

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 6);
        Assert.Contains(e.Status, (CriStatus[])[CriStatus.DeadlineExceeded, CriStatus.Unknown]);
        Assert.Equal(Cri.ContainerState.ContainerRunning, (await StatusAsync(id)).State);
    }

    [SkippableFact]
    public async Task A_command_that_takes_too_long_ends_with_DeadlineExceeded_and_leaves_no_process()
    {
        SkipOn("containerd", "1.6 kills the command alone, not what it started");
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        await FailsAsync(CriStatus.DeadlineExceeded, () => ExecAsync(id, 1, Shell("setsid sleep 76543 & (sleep 76543) & sleep 76543")));

        Assert.Equal("0", await OutputOfAsync(id, "ps -o args | grep -c '[s]leep 76543' || true"));
    }

    [Fact]
    public async Task A_child_left_in_the_background_does_not_hold_the_answer_up()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());
        long start = Stopwatch.GetTimestamp();

        Cri.ExecSyncResponse answer = await ExecAsync(id, 30, Shell("sleep 1000 >/dev/null 2>&1 & echo done"));

        Assert.Equal("done\n", Utf8(answer.Stdout));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [SkippableFact]
    [Trait("CVE", "2026-53495")]
    [Trait("CVE", "GHSA-7jxh-36q5-gcqv")]
    public async Task A_child_that_keeps_the_output_open_does_not_hold_the_answer_up_for_ever()
    {
        SkipOn("containerd", "1.6 waits until the output is closed");
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, 60, Shell("sleep 1000 & echo done"));

        Assert.Equal("done\n", Utf8(answer.Stdout));
        Assert.Equal(0, answer.ExitCode);
    }

    [Fact]
    public async Task A_megabyte_on_each_stream_comes_back_whole()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, Shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"));

        Assert.Equal(1_000_000, answer.Stdout.Length);
        Assert.Equal(1_000_000, answer.Stderr.Length);
    }

    [SkippableFact]
    [Trait("CVE", "2022-31030")]
    [Trait("CVE", "2022-1708")]
    public async Task Endless_output_is_cut_and_the_command_still_ends()
    {
        SkipOn("containerd", "its answer is larger than a client takes");
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, 30, Shell("head -c 40000000 /dev/zero; exit 6"));

        Assert.InRange(answer.Stdout.Length + answer.Stderr.Length, 1 << 20, MaximumOutput);
        Assert.Equal(6, answer.ExitCode);
    }

    [SkippableFact]
    [Trait("CVE", "2022-31030")]
    public async Task Endless_output_on_both_streams_is_answered_with_some_of_each_and_the_exit_code()
    {
        SkipOn("containerd", "its answer is larger than a client takes");
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        Cri.ExecSyncResponse answer = await ExecAsync(id, 30, Shell("head -c 40000000 /dev/zero; head -c 40000000 /dev/zero >&2; exit 7"));

        Assert.InRange(answer.CalculateSize(), 1 << 20, MaximumOutput);
        Assert.InRange(answer.Stdout.Length, 1 << 20, MaximumOutput);
        Assert.InRange(answer.Stderr.Length, 1 << 20, MaximumOutput);
        Assert.Equal(7, answer.ExitCode);
    }

    [Fact]
    public async Task Many_at_once_each_get_their_own_answer()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => OutputOfAsync(id, $"echo {number}")));

        Assert.Equal(Enumerable.Range(0, 30).Select(number => $"{number}"), answers);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_container()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync());
        for (int time = 0; time < 20; time++)
        {
            await ExecAsync(id, "true");
        }

        string processes = await OutputOfAsync(id, "ps -o stat,args");

        Assert.DoesNotContain(processes.Split('\n'), line => line.StartsWith('Z') && line.Contains("true", StringComparison.Ordinal));
    }
}
