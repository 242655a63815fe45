using System.Collections.Frozen;
using Keelson.Core;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Plans as text: nothing is launched, no rights are needed.</summary>
public class PlanCompilerTests
{
    private static readonly PlanCompiler Compiler = new(new LaunchHost { OverlayTakesLayersSingly = true, Capabilities = CapabilitySet.Everything });

    private static readonly ContainerLaunchContext Context = new()
    {
        Overlay = new OverlayRoot([HostPath.Parse("/l/2"), HostPath.Parse("/l/1")], HostPath.Parse("/c/upper"), HostPath.Parse("/c/work")),
        JoinTarget = [NamespaceTypes.Network, NamespaceTypes.Ipc, NamespaceTypes.Uts],
        Cgroup = new CgroupPlacement([HostPath.Parse("/sys/fs/cgroup/memory/k/c")], HostPath.Parse("/sys/fs/cgroup/unified/k/c")),
    };

    [Fact]
    public void The_same_spec_gives_the_same_plan() =>
        Assert.Equal(Compile(TestContainer.Spec("true")).Image.ToArray(), Compile(TestContainer.Spec("true")).Image.ToArray());

    [Fact]
    public void Every_image_is_one_the_engine_reads() => Assert.True(LaunchPlanImage.TryRead(Compile(TestContainer.Spec("true")).Image, out _));

    [Fact]
    public void Steps_are_in_the_order_that_keeps_the_host_safe()
    {
        LaunchPlan plan = Compile(TestContainer.With(TestContainer.Spec("true"), process => process with { OomScoreAdj = -5 }, linux => linux with { Seccomp = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW" } }));
        string[] order =
        [
            "open cgroup '/sys/fs/cgroup/unified/k/c'", "clone3 with new pid namespaces", "prctl PR_SET_DUMPABLE 0",
            "write '0' to '/sys/fs/cgroup/memory/k/c/tasks'", "setns to the network, ipc, uts namespaces of the sandbox", "unshare cgroup",
            "write '-5' to '/proc/self/oom_score_adj'", "mknod '/dev/null'", "mount overlay '/'", "setns to the empty mount namespace", "unshare mount", "pivot_root to the new root",
            "umount2 the old root", "move_mount onto '/proc'", "open masked '/proc/kcore'", "close_range 3 and up on exec", "rt_sigaction SIGPIPE default",
            "drop CAP_SYS_ADMIN", "setgroups []", "setresuid 0", "capset", "prctl PR_SET_NO_NEW_PRIVS", "seccomp filter of ", "mark the execve",
        ];
        int[] places = [.. order.Select(step => IndexOf(plan, step))];
        Assert.All(places, (place, index) => Assert.True(place >= 0, order[index]));
        Assert.Equal(places.Order(), places);
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 7)]
    [InlineData(true, true, 0)]
    [InlineData(true, true, 7)]
    public void A_child_is_ended_with_its_shim_until_just_before_its_execve(bool noNewPrivileges, bool filtered, uint id)
    {
        RuntimeSpec spec = TestContainer.With(
            TestContainer.Spec("true"),
            process => process with { NoNewPrivileges = noNewPrivileges, User = new UserSpec { Uid = id, Gid = id } },
            linux => filtered ? linux with { Seccomp = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW" } } : linux);
        bool early = filtered && !noNewPrivileges;
        string[] renewed = id == 0 ? [] : ["prctl PR_SET_PDEATHSIG SIGKILL"];
        string[] check = ["ppoll the shim", "end with the shim"];
        string[] filter = filtered ? ["seccomp"] : [];
        string[] expected =
        [
            "prctl PR_SET_PDEATHSIG SIGKILL", .. check, "setresgid", .. renewed, .. early ? [.. check, .. filter] : (string[])[], "setresuid", .. renewed,
            .. early ? [] : check, "prctl PR_SET_PDEATHSIG 0", .. early ? [] : filter, "mark",
        ];

        IEnumerable<string> steps = Compile(spec).Steps.Where(step => step.Contains("PDEATHSIG", StringComparison.Ordinal) || step.EndsWith("the shim", StringComparison.Ordinal)
            || step.Split(' ')[0] is "setresgid" or "setresuid" or "seccomp" or "mark");

        Assert.Equal(expected, steps.Select(step => step.Split(' ')[0] is "setresgid" or "setresuid" or "seccomp" or "mark" ? step.Split(' ')[0] : step));
    }

    [Fact]
    public void A_pause_and_an_exec_end_with_their_shim_until_then_too()
    {
        foreach (LaunchPlan plan in (LaunchPlan[])[Compiler.CompilePause(new PauseLaunchContext()), Compiler.CompileExec(TestContainer.Spec("true").Process!, new ExecLaunchContext())])
        {
            Assert.Equal("prctl PR_SET_PDEATHSIG SIGKILL", plan.Steps[EngineSteps.FirstOperation + 1]);
            Assert.Equal(["prctl PR_SET_PDEATHSIG 0", "mark the execve"], plan.Steps.SkipWhile(step => step != "prctl PR_SET_PDEATHSIG 0").Take(2));
        }
    }

    [Fact]
    public void Without_no_new_privs_the_filter_goes_in_before_the_rights_go()
    {
        LaunchPlan plan = Compile(TestContainer.With(TestContainer.Spec("true"), process => process with { NoNewPrivileges = false }, linux => linux with { Seccomp = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW" } }));
        Assert.True(IndexOf(plan, "seccomp filter of ") < IndexOf(plan, "setresuid 0"));
        Assert.DoesNotContain("prctl PR_SET_NO_NEW_PRIVS", plan.Steps);
    }

    [Fact]
    public void What_the_daemon_was_tuned_with_is_undone_for_containers_and_execs()
    {
        string[] undone =
        [
            "sched_setscheduler SCHED_OTHER", "setpriority 0", "ioprio_set none", "sched_setaffinity to the CPUs of init", "set_mempolicy MPOL_DEFAULT",
            "personality PER_LINUX", "prctl PR_SET_TIMERSLACK", "prctl PR_SET_THP_DISABLE 0", "prctl PR_SET_SECUREBITS 0",
        ];
        PlanCompiler compiler = new(new LaunchHost { OverlayTakesLayersSingly = true, Capabilities = CapabilitySet.Everything, CpusOfInit = [3, 0, 0, 0] });

        Assert.Equal(undone, compiler.CompileContainer(TestContainer.Spec("true"), Context).Steps.Where(undone.Contains));
        Assert.Equal(undone, compiler.CompileExec(TestContainer.Spec("true").Process!, new ExecLaunchContext()).Steps.Where(undone.Contains));
        Assert.DoesNotContain("sched_setaffinity to the CPUs of init", Compile(TestContainer.Spec("true")).Steps);
    }

    [Fact]
    public void Limits_are_cut_to_what_may_be_set()
    {
        PlanCompiler limited = new(new LaunchHost
        {
            OverlayTakesLayersSingly = true,
            Capabilities = default,
            HighestLimits = FrozenDictionary.Create<string, ulong>([new("RLIMIT_NOFILE", 4096), new("RLIMIT_CORE", 0)]),
        });
        RuntimeSpec spec = TestContainer.With(TestContainer.Spec("true"), process => process with
        {
            Rlimits = [new("RLIMIT_NOFILE", 1024, 524288), new("RLIMIT_CORE", ulong.MaxValue, ulong.MaxValue), new("RLIMIT_NPROC", 7, ulong.MaxValue)],
        });

        LaunchPlan plan = limited.CompileContainer(spec, Context);

        Assert.Equal(
            ["prlimit RLIMIT_NOFILE 1024:4096", "prlimit RLIMIT_CORE 0:0", "prlimit RLIMIT_NPROC 7:18446744073709551615"],
            plan.Steps.Where(step => step.StartsWith("prlimit", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_oom_score_is_cut_to_what_may_be_written()
    {
        PlanCompiler unprivileged = new(new LaunchHost { OverlayTakesLayersSingly = true, Capabilities = default, LowestOomScoreAdj = 0 });
        LaunchPlan plan = unprivileged.CompilePause(new PauseLaunchContext { OomScoreAdj = -998 });
        Assert.Contains("write '0' to '/proc/self/oom_score_adj'", plan.Steps);
    }

    [Fact]
    public void A_pause_and_an_exec_say_what_they_enter()
    {
        LaunchPlan pause = Compiler.CompilePause(new PauseLaunchContext { NetworkNamespace = HostPath.Parse("/run/netns/x"), NewPidNamespace = true });
        Assert.Contains("setns to the network namespace '/run/netns/x'", pause.Steps);
        Assert.Contains("clone3 with new pid namespaces", pause.Steps);
        LaunchPlan exec = Compiler.CompileExec(TestContainer.Spec("true").Process!, new ExecLaunchContext());
        Assert.Contains("setns to the mount, network, ipc, uts, cgroup namespaces of the container", exec.Steps);
    }

    [Fact]
    public void The_pause_program_is_185_bytes_on_x64()
    {
        byte[] program = PauseProgram.Create();
        Assert.InRange(program.Length, 180, 220);
        Assert.Equal("\u007fELF"u8.ToArray(), program[..4]);
    }

    [Fact]
    public void Environment_values_are_bytes()
    {
        RuntimeSpec spec = TestContainer.With(TestContainer.Spec("true"), process => process with { Env = [new EnvironmentEntry("RAW", new byte[] { 0xff, 0xfe })] });
        Assert.True(Compile(spec).Image.Span.IndexOf((byte[])[(byte)'=', 0xff, 0xfe, 0]) > 0);
    }

    [Theory]
    [InlineData("A=B", "x")]
    [InlineData("", "x")]
    [InlineData("A", "x\0y")]
    public void Bad_environment_is_refused(string name, string value) =>
        Refused(TestContainer.With(TestContainer.Spec("true"), process => process with { Env = [EnvironmentEntry.Of(name, value)] }));

    [Fact]
    public void What_the_launcher_cannot_do_is_refused_with_its_kind()
    {
        Refused(TestContainer.Spec());
        Refused(TestContainer.Spec("a\0b"));
        Refused(TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/", Type = "bind", Source = "/" }));
        Refused(TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = "relative", Type = "bind", Source = "/" }));
        Refused(TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/x", Type = "bind", Source = "/", Options = ["size=1"] }));
        Refused(TestContainer.With(TestContainer.Spec("true"), process => process with { Rlimits = [new RlimitSpec("RLIMIT_WISHES", 1, 1)] }));
        Refused(TestContainer.With(TestContainer.Spec("true"), process => process with { OomScoreAdj = 1001 }));
        Refused(TestContainer.With(TestContainer.Spec("true"), null, linux => linux with { Namespaces = [new NamespaceSpec("dreams")] }));
        Refused(TestContainer.With(TestContainer.Spec("true"), null, linux => linux with { Devices = [new DeviceSpec { Path = "/dev/x", Type = "z" }] }));
        KeelsonException failure = Assert.Throws<KeelsonException>(() => Compile(TestContainer.With(TestContainer.Spec("true"), null, linux => linux with { Namespaces = [new NamespaceSpec(NamespaceTypes.User)] })));
        Assert.Equal(ErrorKind.Unimplemented, failure.Kind);
    }

    private static LaunchPlan Compile(RuntimeSpec spec) => Compiler.CompileContainer(spec, Context);

    private static int IndexOf(LaunchPlan plan, string start) => Array.FindIndex([.. plan.Steps], step => step.StartsWith(start, StringComparison.Ordinal));

    private static void Refused(RuntimeSpec spec) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => Compile(spec)).Kind);
}
