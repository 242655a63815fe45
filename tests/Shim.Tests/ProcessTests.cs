using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims;
using Keelson.Runtime.Tests;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

public sealed class ProcessTests
{
    [Fact]
    public async Task A_process_runs_logs_and_ends_with_its_code_on_disk_before_it_is_told()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchRequest request = shim.Shell("web", "echo out; echo err >&2; printf tail; exit 7");

        LaunchOutcome outcome = await shim.LaunchAsync(request);
        Assert.True(File.Exists(request.LogPath));
        ProcessExit exit = await shim.NextExitAsync();

        Assert.Equal(("web", 7, 0, false), (exit.ProcessId, exit.ExitCode, exit.Signal, exit.OomKilled));
        Assert.True(exit.FinishedAtNanoseconds >= outcome.StartedAtNanoseconds);
        Assert.Equal(exit, ExitRecord.TryRead(request.ExitRecordPath!));
        Assert.Equal(
            [("stderr", "F", "err"), ("stdout", "F", "out"), ("stdout", "P", "tail")],
            ShimHarness.ReadLog(request.LogPath!).Order());
        Assert.Equal(0x1a0, (int)File.GetUnixFileMode(request.LogPath!));
    }

    [Fact]
    public async Task A_shim_that_was_given_nothing_to_run_ends_with_its_daemon()
    {
        string root = Directory.CreateTempSubdirectory("keelson-shim-").FullName;
        HostPath directory = HostPath.Parse(root + "/shim");
        ShimClient daemon = await ShimSpawner.SpawnAsync(ShimHarness.Program, directory, SandboxId.New(), ShimHarness.Soon());
        int pid = daemon.Pid;

        await daemon.DisposeAsync();

        for (int i = 0; Directory.Exists($"/proc/{pid}"); i++)
        {
            Assert.True(i < 500, $"shim {pid} runs on");
            await Task.Delay(10);
        }

        Assert.False(File.Exists(directory.Child("shim.sock").Value));
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_an_outcome_with_its_step_and_frees_the_name()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchRequest request = shim.Shell("web", "true") with { Plan = ShimHarness.Plan("/no/such").Image };

        LaunchOutcome outcome = await shim.Client.LaunchAsync(request, ShimHarness.Soon());

        Assert.Equal((0, 2), (outcome.Pid, outcome.Errno));
        Assert.Equal("execve", ShimHarness.Plan("/no/such").Steps[outcome.FailedStep]);
        Assert.Empty(await shim.Client.ListAsync(ShimHarness.Soon()));
        await shim.LaunchAsync(shim.Shell("web", "true"));
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_fails_the_launch_and_leaves_nothing()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        File.CreateSymbolicLink(shim.PathOf("link.log"), shim.PathOf("elsewhere"));

        LaunchOutcome outcome = await shim.Client.LaunchAsync(
            shim.Shell("web", "true") with { LogPath = shim.PathOf("link.log") }, ShimHarness.Soon());

        Assert.False(outcome.Launched);
        Assert.Equal(40, outcome.Errno);
        Assert.Contains("link.log", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(shim.PathOf("elsewhere")));
        Assert.Empty(await shim.Client.ListAsync(ShimHarness.Soon()));
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "sleep 100"));

        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(
            () => shim.Client.LaunchAsync(shim.Shell("web", "true"), ShimHarness.Soon()));

        Assert.Equal(ErrorKind.AlreadyExists, refused.Kind);
        Assert.Null(Assert.Single(await shim.Client.ListAsync(ShimHarness.Soon())).Exit);
    }

    [Fact]
    public async Task A_signal_ends_a_process_and_afterwards_finds_none()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "sleep 100"));

        Assert.True(await shim.Client.SignalAsync("web", 15, everyone: false, ShimHarness.Soon()));
        ProcessExit exit = await shim.NextExitAsync();

        Assert.Equal((143, 15), (exit.ExitCode, exit.Signal));
        Assert.False(await shim.Client.SignalAsync("web", 15, everyone: false, ShimHarness.Soon()));
        KeelsonException unknown = await Assert.ThrowsAsync<KeelsonException>(
            () => shim.Client.SignalAsync("other", 15, everyone: false, ShimHarness.Soon()));
        Assert.Equal(ErrorKind.NotFound, unknown.Kind);
    }

    [Fact]
    public async Task A_process_is_forgotten_after_its_end_only_and_any_number_of_times()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "sleep 100"));
        KeelsonException refused = await Assert.ThrowsAsync<KeelsonException>(() => shim.Client.ForgetAsync("web", ShimHarness.Soon()));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);

        await shim.Client.SignalAsync("web", 9, everyone: false, ShimHarness.Soon());
        await shim.NextExitAsync();
        await shim.Client.ForgetAsync("web", ShimHarness.Soon());
        await shim.Client.ForgetAsync("web", ShimHarness.Soon());

        Assert.Empty(await shim.Client.ListAsync(ShimHarness.Soon()));
    }

    [Fact]
    public async Task The_shim_outlives_its_daemon_and_tells_the_next_one_what_happened()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        int pid = shim.Client.Pid;
        LaunchRequest request = shim.Shell("web", "echo one; sleep 0.3; echo two; exit 3");
        await shim.LaunchAsync(request);
        await shim.Client.DisposeAsync();
        await WaitForAsync(() => File.Exists(request.ExitRecordPath));

        await shim.ReconnectAsync();

        Assert.Equal(pid, shim.Client.Pid);
        ShimProcess process = Assert.Single(await shim.Client.ListAsync(ShimHarness.Soon()));
        Assert.Equal(3, process.Exit!.ExitCode);
        Assert.Equal(process.Exit, ExitRecord.TryRead(request.ExitRecordPath!));
        Assert.Equal(["one", "two"], ShimHarness.ReadLog(request.LogPath!).Select(line => line.Content));
    }

    [Fact]
    public async Task Several_daemons_at_once_all_hear_of_an_exit()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await using ShimClient second = await shim.ConnectAsync();
        await second.ListAsync(ShimHarness.Soon());

        await shim.LaunchAsync(shim.Shell("web", "exit 4"));

        Assert.Equal(4, (await shim.NextExitAsync()).ExitCode);
        Assert.Equal(4, (await second.Exits.ReadAsync(ShimHarness.Soon())).ExitCode);
    }

    [Fact]
    public async Task Orphans_come_to_the_shim_and_leave_no_zombies()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "for i in 1 2 3 4 5; do (sleep 0.2 &) ; done; exit 0"));
        await shim.NextExitAsync();

        await WaitForAsync(() => Children(shim.Client.Pid).Length == 0);
    }

    [Fact]
    public async Task Shutdown_kills_what_runs_and_removes_the_socket()
    {
        ShimHarness shim = await ShimHarness.StartAsync();
        LaunchOutcome outcome = await shim.LaunchAsync(shim.Shell("web", "trap '' TERM; sleep 100"));

        await shim.Client.ShutdownAsync(ShimHarness.Soon());
        await shim.Client.Closed.WaitAsync(ShimHarness.Timeout);

        Assert.False(File.Exists(shim.ShimDirectory.Child("shim.sock").Value));
        Assert.Equal(137, ExitRecord.TryRead(shim.PathOf("web.exit"))!.ExitCode);
        await WaitForAsync(() => !Directory.Exists($"/proc/{outcome.Pid}"));
        await WaitForAsync(() => !Directory.Exists($"/proc/{shim.Client.Pid}"));
        await shim.DisposeAsync();
    }

    [Fact]
    public async Task A_process_starts_with_no_blocked_signals_and_only_its_three_descriptors()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchRequest request = shim.Shell("web", "grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/$$/fd");
        await shim.LaunchAsync(request);
        await shim.NextExitAsync();

        string[] lines = [.. ShimHarness.ReadLog(request.LogPath!).Select(line => line.Content)];
        Assert.Equal("SigBlk:\t0000000000000000", lines[0]);
        Assert.Equal(["0", "1", "2"], lines[2..]);
    }

    [SkippableTheory]
    [InlineData(LaunchTerminal.OfHost)]
    [InlineData(LaunchTerminal.OfContainer)]
    public async Task A_terminal_is_one_for_the_process_and_its_carriage_returns_reach_the_log(LaunchTerminal terminal)
    {
        Skip.If(terminal == LaunchTerminal.OfContainer && ProcessAttributes.EffectiveUserId != 0, "needs root: a mount of devpts");
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchRequest request = shim.Shell("tty", "test -t 0 && test -t 1 && test -t 2 && echo yes; echo err >&2") with { Terminal = terminal };
        await shim.LaunchAsync(request);

        Assert.Equal(0, (await shim.NextExitAsync()).ExitCode);
        Assert.Equal([("stdout", "F", "yes\r"), ("stdout", "F", "err\r")], ShimHarness.ReadLog(request.LogPath!));
    }

    [SkippableFact]
    public async Task A_terminal_of_a_container_comes_with_its_mount()
    {
        RootOnly.Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();

        // The plan's first extra descriptor, kept for a shell to look at.
        LaunchRequest request = shim.Shell("tty", string.Empty) with
        {
            Terminal = LaunchTerminal.OfContainer,
            Plan = ShimHarness.Plan("/bin/sh", ["-c", "ls /proc/self/fd/9/"], builder => builder.Add("dup3 to 9", "dup3", new PlanSlot(PlanSlots.FirstExtra), 9, 0)).Image,
        };
        await shim.LaunchAsync(request);

        Assert.Equal(0, (await shim.NextExitAsync()).ExitCode);
        Assert.Equal("0  ptmx\r", Assert.Single(ShimHarness.ReadLog(request.LogPath!)).Content);
    }

    [Fact]
    public async Task A_terminal_waits_for_input_instead_of_being_at_its_end()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("tty", "cat") with { Terminal = LaunchTerminal.OfHost, Stdin = true });
        await shim.LaunchAsync(shim.Shell("other", "sleep 0.3"));

        Assert.Equal("other", (await shim.NextExitAsync()).ProcessId);
    }

    [Fact]
    public async Task Stdin_is_kept_open_on_request_and_empty_otherwise()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("empty", "cat"));
        Assert.Equal("empty", (await shim.NextExitAsync()).ProcessId);

        await shim.LaunchAsync(shim.Shell("kept", "cat") with { Stdin = true });
        await shim.LaunchAsync(shim.Shell("other", "sleep 0.3"));

        Assert.Equal("other", (await shim.NextExitAsync()).ProcessId);
        Assert.Null((await shim.Client.ListAsync(ShimHarness.Soon())).Single(process => process.ProcessId == "kept").Exit);
    }

    internal static async Task WaitForAsync(Func<bool> condition)
    {
        for (int i = 0; i < 500; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail("the condition did not come true in 10 s");
    }

    private static string[] Children(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
