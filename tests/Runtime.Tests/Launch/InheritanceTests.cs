using System.Diagnostics;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>What a container sees of how its daemon was started.</summary>
[Trait("needs", "root")]
public sealed class InheritanceTests
{
    private const int SecbitNoroot = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task A_container_of_a_tuned_daemon_is_as_one_of_any_other()
    {
        RootOnly.Require();
        foreach (string tool in (string[])["chrt", "nice", "ionice", "taskset", "setarch", "prlimit"])
        {
            Skip.IfNot(File.Exists($"/usr/bin/{tool}"), $"needs {tool} (util-linux, coreutils)");
        }

        using TestContainer container = new();
        string output = $"{container.Path}/output";
        ulong hard = Math.Min(ProcessAttributes.HardLimit(7), 524288);

        // nice (19), real-time priority (40) and policy (41) of proc(5)'s stat; the owner of /proc/self tells whether it is dumpable.
        const string script = """
            set -- $(cat /proc/self/stat); shift 18; echo nice $1; shift 21; echo policy $1 $2
            busybox ionice -p $$
            cat /proc/self/personality /proc/self/timerslack_ns
            ulimit -Sn; ulimit -Hn
            grep -E '^(THP_enabled|CapEff|SigIgn|SigBlk|Cpus_allowed):' /proc/self/status | sort -r
            umask; stat -c %U%u /proc/self/stat
            """;
        string dotnet = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
        using Process tuned = Process.Start(new ProcessStartInfo("chrt", [
            "--batch", "0", "nice", "-n", "5", "ionice", "-c", "2", "-n", "7", "taskset", "1", "setarch", "-R", "prlimit", $"--nofile={hard}:{hard}",
            dotnet, typeof(InheritanceTests).Assembly.Location, Program.TunedContainer, container.Path, script, output])
        {
            RedirectStandardError = true,
        })!;
        string error = await tuned.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await tuned.WaitForExitAsync().WaitAsync(Patience);

        Assert.True(tuned.ExitCode == 0, error);
        string allowed = File.ReadLines("/proc/1/status").Single(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
        string[] expected =
        [
            "nice 0", "policy 0 0", "none: prio 0", "00000000", "50000", "1024", $"{hard}",
            "THP_enabled:\t1", "SigIgn:\t0000000000000000", "SigBlk:\t0000000000000000", allowed, "CapEff:\t00000000a80425fb", "0022", "UNKNOWN0",
        ];
        string[] seen = await File.ReadAllLinesAsync(output);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void What_cannot_be_undone_is_told()
    {
        Assert.Equal<string>(
            ["no_new_privs (setuid programs have no effect)", "a system call filter"],
            LaunchHost.LastingIn("Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
        Assert.Empty(LaunchHost.LastingIn("Name:\tx\nNoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n"));
    }

    [Theory]
    [InlineData("3", "03-00-00-00")]
    [InlineData("00000001,80000002", "02-00-00-80-01-00-00-00")]
    public void A_mask_of_CPUs_is_read_as_the_kernel_writes_it(string text, string bytes) =>
        Assert.Equal(bytes, BitConverter.ToString([.. LaunchHost.Mask(text)]));

    /// <summary>In a process of its own: what the tools above cannot set, then a container as any daemon launches it.</summary>
    internal static int RunTuned(string directory, string script, string output)
    {
        if (LibC.prctl(Uapi.PR_SET_TIMERSLACK, 12_345, 0, 0, 0) < 0
            || LibC.prctl(Uapi.PR_SET_THP_DISABLE, 1, 0, 0, 0) < 0
            || LibC.prctl(Uapi.PR_SET_SECUREBITS, SecbitNoroot, 0, 0, 0) < 0)
        {
            return 3;
        }

        ProcessAttributes.SetUmask(0x1ff);
        RuntimeSpec spec = TestContainer.With(TestContainer.Shell(script), process => process with
        {
            Rlimits = [new RlimitSpec(RlimitTypes.OpenFiles, 1024, 524288)],
        });
        LaunchPlan plan = new PlanCompiler(LaunchHost.Detect()).CompileContainer(spec, TestContainer.ContextIn(directory));
        using SafeFd nothing = PlainFile.OpenDevice("/dev/null");
        using SafeFd file = PlainFile.TryOpenAppend(output, 0x180, out Errno error) ?? throw new LinuxException("open", output, error);
        LaunchPlanImage.TryRead(plan.Image, out LaunchPlanImage image);
        LaunchEngineResult result = new ForkCalliEngine().Launch(image, new LaunchInputs { Stdin = nothing, Stdout = file, Stderr = file });
        if (!result.Launched)
        {
            throw new KeelsonException(ErrorKind.Internal, plan.DescribeFailure(result.FailedStep, result.Errno));
        }

        return EngineHarness.Wait(result);
    }
}
