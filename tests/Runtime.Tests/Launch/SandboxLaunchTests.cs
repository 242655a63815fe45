using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Linux;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

[Trait("needs", "root")]
public sealed class SandboxLaunchTests : IDisposable
{
    private readonly EngineHarness _harness = new();
    private readonly TestContainer? _container;

    public SandboxLaunchTests()
    {
        if (ProcessAttributes.EffectiveUserId == 0 && File.Exists("/bin/busybox"))
        {
            _container = new TestContainer();
        }
    }

    public void Dispose()
    {
        _harness.Dispose();
        _container?.Dispose();
    }

    [SkippableFact]
    public void A_pause_holds_namespaces_with_no_rights_and_no_files()
    {
        RootOnly.Require();
        LaunchPlan plan = TestContainer.Compiler.CompilePause(new PauseLaunchContext { Hostname = "pod-1" });
        LaunchEngineResult pause = Launch(plan);
        try
        {
            string status = File.ReadAllText($"/proc/{pause.Pid}/status");
            Assert.Contains("Uid:\t65534\t65534", status, StringComparison.Ordinal);
            Assert.Contains("CapBnd:\t0000000000000000", status, StringComparison.Ordinal);
            Assert.Contains("CapPrm:\t0000000000000000", status, StringComparison.Ordinal);
            Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
            Assert.Contains("SigIgn:\t0000000000010000", status, StringComparison.Ordinal);
            Assert.Equal([$"/proc/{pause.Pid}/root/m"], Directory.GetFileSystemEntries($"/proc/{pause.Pid}/root"));
            Assert.Empty(Directory.GetFileSystemEntries($"/proc/{pause.Pid}/root/m"));
            Assert.Single(File.ReadAllLines($"/proc/{pause.Pid}/mountinfo"));
            Assert.Equal(3, Directory.GetFiles($"/proc/{pause.Pid}/fd").Length);
            Assert.InRange(Resident(status), 0, 16);
        }
        finally
        {
            EngineHarness.Kill(pause);
        }
    }

    [SkippableFact]
    public void A_pause_has_two_pages_of_its_own_wherever_the_kernel_puts_them()
    {
        RootOnly.Require();
        for (int i = 0; i < 20; i++)
        {
            LaunchEngineResult pause = Launch(TestContainer.Compiler.CompilePause(new PauseLaunchContext()));
            try
            {
                // Its first instruction faults the second one in.
                Thread.Sleep(20);
                Assert.Equal(8, File.ReadLines($"/proc/{pause.Pid}/smaps_rollup")
                    .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
                    .Sum(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)));
            }
            finally
            {
                EngineHarness.Kill(pause);
            }
        }
    }

    [SkippableFact]
    public void A_kernel_that_does_not_know_executable_memory_files_runs_a_pause_all_the_same()
    {
        RootOnly.Require();
        LaunchPlan plan = TestContainer.Compiler.CompilePause(new PauseLaunchContext { Hostname = "pod-4" });

        // A flag that no kernel knows is to this one what MFD_EXEC is to Linux before 6.3.
        const int Unknown = 1 << 24;
        Span<LaunchOp> ops = MemoryMarshal.Cast<byte, LaunchOp>(MemoryMarshal.AsMemory(plan.Image).Span[PlanHeader.SizeBytes..]);
        ops[plan.Steps.IndexOf("memfd_create pause") - EngineSteps.FirstOperation].Arg1 |= Unknown;

        LaunchEngineResult pause = Launch(plan);
        Assert.Equal("pause\n", File.ReadAllText($"/proc/{pause.Pid}/comm").Replace("memfd:", string.Empty, StringComparison.Ordinal));
        EngineHarness.Kill(pause);
    }

    [SkippableFact]
    public void A_container_shares_the_pods_network_name_and_ipc_but_not_its_processes()
    {
        Require();
        LaunchEngineResult pause = Launch(TestContainer.Compiler.CompilePause(new PauseLaunchContext { Hostname = "pod-2" }));
        try
        {
            LaunchPlan plan = TestContainer.Compiler.CompileContainer(
                TestContainer.Shell("hostname; echo $$; readlink /proc/self/ns/net"),
                _container!.Context with { JoinTarget = [NamespaceTypes.Network, NamespaceTypes.Ipc, NamespaceTypes.Uts] });
            (int exit, string output) = _harness.Run(plan, pause.PidFd);
            Assert.Equal(0, exit);
            Assert.Equal($"pod-2\n1\n{new FileInfo($"/proc/{pause.Pid}/ns/net").LinkTarget}\n", output);
        }
        finally
        {
            EngineHarness.Kill(pause);
        }
    }

    [SkippableFact]
    public void A_shared_pid_namespace_has_the_pause_as_its_reaping_init()
    {
        Require();
        LaunchEngineResult pause = Launch(TestContainer.Compiler.CompilePause(new PauseLaunchContext { Hostname = "pod-3", NewPidNamespace = true }));
        try
        {
            LaunchPlan plan = TestContainer.Compiler.CompileContainer(
                TestContainer.Shell("cat /proc/1/comm; (sh -c 'sleep 0.05 & exit' &) ; sleep 0.4; grep -l 'State:.Z' /proc/[0-9]*/status; ls /proc/1/root 2>&1 | grep -v denied; exit 0"),
                _container!.Context with { JoinTarget = [NamespaceTypes.Network, NamespaceTypes.Ipc, NamespaceTypes.Uts, NamespaceTypes.Pid] });
            (int exit, string output) = _harness.Run(plan, pause.PidFd);
            Assert.Equal(0, exit);
            Assert.Equal("memfd:pause\n", output);
        }
        finally
        {
            EngineHarness.Kill(pause);
        }
    }

    [SkippableFact]
    public void An_exec_runs_inside_the_container_with_its_own_user_and_rights()
    {
        Require();
        LaunchEngineResult container = Launch(TestContainer.Compiler.CompileContainer(TestContainer.Spec("sleep", "30"), _container!.Context));
        try
        {
            ProcessSpec process = TestContainer.Shell("cat /proc/1/comm; id -u; hostname; pwd; grep CapBnd /proc/self/status; ls /proc/self/fd | wc -l").Process! with { User = new UserSpec { Uid = 12 }, Cwd = "/tmp" };
            (int exit, string output) = _harness.Run(TestContainer.Compiler.CompileExec(process, new ExecLaunchContext()), container.PidFd);
            Assert.Equal(0, exit);
            Assert.Equal("sleep\n12\nbox\n/tmp\nCapBnd:\t00000000a80425fb\n4\n", output);
        }
        finally
        {
            EngineHarness.Kill(container);
        }
    }

    [SkippableFact]
    public void An_exec_into_a_process_that_is_gone_fails_at_its_first_step()
    {
        Require();
        LaunchEngineResult container = Launch(TestContainer.Compiler.CompileContainer(TestContainer.Spec("true"), _container!.Context));
        using SafeFd gone = container.PidFd!;
        Assert.True(ChildWait.WaitReadable(gone, 20_000));
        Assert.True(PidFd.TryReap(gone, out _));
        LaunchPlan plan = TestContainer.Compiler.CompileExec(TestContainer.Spec("true").Process!, new ExecLaunchContext());
        LaunchEngineResult result = _harness.Launch(plan, target: gone);
        Assert.False(result.Launched);
        Assert.Equal("setns to the pid namespace of the target process: No such process (errno 3)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public async Task A_container_is_born_in_its_cgroups_and_sees_them_as_the_root()
    {
        Require();
        CgroupLayout layout = CgroupLayout.Detect();
        ICgroup group = new Oci.Cgroups.Cgroups(layout, TimeProvider.System).Get(CgroupPath.Parse($"/keelson-test-launch-{Environment.ProcessId}"));
        group.Create();
        RuntimeSpec spec = TestContainer.With(
            TestContainer.Shell("cat /proc/self/cgroup | grep -v ':/$'; (mkdir /sys/fs/cgroup/memory/x) 2>/dev/null || echo refused; ls /sys/fs/cgroup; cat /sys/fs/cgroup/pids/cgroup.procs | grep -c '^1$'"),
            null,
            null,
            new MountSpec { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "relatime", "ro"] });
        try
        {
            LaunchPlan plan = TestContainer.Compiler.CompileContainer(spec, _container!.Context with { Cgroup = group.Placement, CgroupLayout = layout });
            (_, string output) = _harness.Run(plan);
            Assert.StartsWith("refused\n", output, StringComparison.Ordinal);
            if (layout.Mode == CgroupMode.Hybrid)
            {
                Assert.Contains("memory\n", output, StringComparison.Ordinal);
                Assert.EndsWith("1\n", output, StringComparison.Ordinal);
            }
        }
        finally
        {
            await group.DeleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [SkippableFact]
    public void A_seccomp_filter_is_in_force()
    {
        Require();
        SeccompSpec seccomp = new()
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [new SyscallSpec { Names = ["mkdir", "mkdirat"], Action = "SCMP_ACT_ERRNO", ErrnoRet = 13 }],
        };
        RuntimeSpec spec = TestContainer.With(TestContainer.Shell("grep Seccomp: /proc/self/status; mkdir /tmp/x 2>&1"), null, linux => linux with { Seccomp = seccomp });
        Assert.Equal("Seccomp:\t2\nmkdir: can't create directory '/tmp/x': Permission denied\n", _harness.Run(_container!.Compile(spec)).Output);
    }

    private static int Resident(string status) =>
        int.Parse(status.Split('\n').First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2].Trim(), CultureInfo.InvariantCulture);

    private LaunchEngineResult Launch(LaunchPlan plan)
    {
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.True(result.Launched, plan.DescribeFailure(result.FailedStep, result.Errno));
        return result;
    }

    private void Require()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
    }
}
