using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Attacks that other launchers fell for, each tried against this one.</summary>
[Trait("needs", "root")]
public sealed class LaunchCveTests : ContainerLaunchBase
{
    [SkippableFact]
    [Trait("CVE", "2019-5736")]
    public void The_pause_program_cannot_be_overwritten()
    {
        RootOnly.Require();
        LaunchEngineResult pause = Harness.Launch(TestContainer.Compiler.CompilePause(new PauseLaunchContext()));
        Assert.True(pause.Launched);
        try
        {
            // Sealed memory: even root of the host cannot open it for writing to any effect.
            using FileStream file = new($"/proc/{pause.Pid}/exe", new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite });
            Assert.Equal(PauseProgram.Create().Length, file.Length);
            Assert.ThrowsAny<Exception>(() =>
            {
                using FileStream write = new($"/proc/{pause.Pid}/exe", new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite });
                write.Write([0]);
                write.Flush();
            });
        }
        finally
        {
            EngineHarness.Kill(pause);
        }
    }

    [SkippableFact]
    [Trait("CVE", "2019-5736")]
    public void A_process_before_its_execve_cannot_be_looked_into()
    {
        Require();
        LaunchPlan plan = Container.Compile(TestContainer.Spec("true"));
        Assert.Equal("prctl PR_SET_DUMPABLE 0", plan.Steps[EngineSteps.FirstOperation]);
        LaunchPlan exec = TestContainer.Compiler.CompileExec(TestContainer.Spec("true").Process!, new ExecLaunchContext());
        Assert.Equal("prctl PR_SET_DUMPABLE 0", exec.Steps[EngineSteps.FirstOperation]);
    }

    [SkippableTheory]
    [Trait("CVE", "2019-19921")]
    [Trait("CVE", "2023-27561")]
    [Trait("CVE", "2023-28642")]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("dev")]
    public void A_link_in_place_of_a_kernel_directory_stops_the_launch(string name)
    {
        Require();
        Directory.CreateDirectory($"{Container.Lower}/evil");
        File.CreateSymbolicLink($"{Container.Lower}/{name}", "/evil");
        LaunchPlan plan = Container.Compile(TestContainer.Spec("true"));
        LaunchEngineResult result = Harness.Launch(plan);
        Assert.False(result.Launched);
        Assert.Equal(($"open target '/{name}'", (int)Errno.ELOOP), (plan.Steps[result.FailedStep], result.Errno));
    }

    [Theory]
    [Trait("CVE", "2019-16884")]
    [InlineData("/proc", "tmpfs", "tmpfs")]
    [InlineData("/proc/self", "bind", "/tmp")]
    [InlineData("/proc/sys/kernel", "bind", "/tmp")]
    [InlineData("/proc/1/../self/attr", "bind", "/tmp")]
    [InlineData("//proc/./sysrq-trigger", "bind", "/dev/null")]
    public void Nothing_is_mounted_over_or_inside_proc(string destination, string type, string source)
    {
        RuntimeSpec spec = TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = destination, Type = type, Source = source });
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => TestContainer.Compiler.CompileContainer(spec, AnyContext)).Kind);
    }

    [SkippableFact]
    [Trait("CVE", "2019-19921")]
    [Trait("CVE", "2023-27561")]
    public void A_directory_of_the_host_cannot_stand_in_for_procfs()
    {
        Require();
        RuntimeSpec spec = TestContainer.Spec("true");
        spec = spec with { Mounts = [new MountSpec { Destination = "/proc", Type = "bind", Source = Container.Path, Options = ["rbind"] }, .. spec.Mounts.RemoveAt(0)] };
        LaunchPlan plan = Container.Compile(spec);
        LaunchEngineResult result = Harness.Launch(plan);
        Assert.Equal(($"'{Container.Path}' is procfs", (int)Errno.EPERM), (plan.Steps[result.FailedStep], result.Errno));
    }

    [SkippableFact]
    [Trait("CVE", "2021-30465")]
    public void A_link_in_a_volume_leads_nowhere_but_into_the_root()
    {
        Require();
        string victim = $"{Container.Path}/victim";
        string volume = $"{Container.Path}/volume";
        Directory.CreateDirectory(victim);
        Directory.CreateDirectory(volume);
        File.CreateSymbolicLink($"{volume}/link", victim);
        File.WriteAllText($"{Container.Path}/secret", "secret");

        // The second mount's target goes through the link: on the host it would be the victim's directory.
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Shell("true"),
            null,
            null,
            new MountSpec { Destination = "/vol", Type = "bind", Source = volume, Options = ["rbind"] },
            new MountSpec { Destination = "/vol/link/inner", Type = "bind", Source = $"{Container.Path}/secret", Options = ["bind"] }));
        Harness.Launch(plan).PidFd?.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(victim));
    }

    [SkippableFact]
    [Trait("CVE", "2024-45310")]
    public void Missing_targets_are_made_inside_the_root_only()
    {
        Require();
        string outside = $"{Container.Path}/outside";
        Directory.CreateDirectory(outside);
        File.CreateSymbolicLink($"{Container.Lower}/data", outside);
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/data/made", Type = "bind", Source = "/etc/hostname", Options = ["bind", "ro"] }));
        Harness.Launch(plan).PidFd?.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [SkippableTheory]
    [InlineData("/outside")]
    [InlineData("../../../../../../../../outside")]
    [InlineData("/missing/../../outside")]
    [Trait("CVE", "2024-45310")]
    public void What_a_dangling_link_points_at_is_made_inside_the_root_only(string target)
    {
        Require();
        string name = $"keelson-{Guid.NewGuid():N}";
        target = target.Replace("outside", name, StringComparison.Ordinal);
        File.CreateSymbolicLink($"{Container.Lower}/directory", target);
        File.CreateSymbolicLink($"{Container.Lower}/file", $"{target}-file");
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Shell($"cat /{name}/hostname /{name}-file > /dev/null && echo mounted"),
            null,
            null,
            new MountSpec { Destination = "/directory", Type = "bind", Source = "/etc", Options = ["rbind", "ro"] },
            new MountSpec { Destination = "/file", Type = "bind", Source = "/etc/hostname", Options = ["bind", "ro"] }));

        Assert.Equal((0, "mounted\n"), Harness.Run(plan));
        Assert.False(Directory.Exists($"/{name}"));
        Assert.False(File.Exists($"/{name}-file"));
        Assert.True(Directory.Exists($"{Container.Path}/upper/{name}"));
        Assert.True(File.Exists($"{Container.Path}/upper/{name}-file"));
    }

    [SkippableFact]
    [Trait("CVE", "2019-18837")]
    public void A_masked_path_and_a_mount_target_that_are_links_are_those_of_the_container()
    {
        Require();
        string outside = $"{Container.Path}/outside";
        Directory.CreateDirectory(outside);
        File.WriteAllText($"{outside}/secret", "of the host");
        Container.InImage($"{outside}/secret", "of the image");
        File.CreateSymbolicLink($"{Container.Lower}/masked", $"{outside}/secret");
        File.CreateSymbolicLink($"{Container.Lower}/target", "../../../../../../../../made/in/the/image");
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Shell($"wc -c < {outside}/secret; grep -c ' /made/in/the/image ' /proc/self/mountinfo"),
            null,
            linux => linux with { MaskedPaths = linux.MaskedPaths.Add("/masked") },
            new MountSpec { Destination = "/target", Type = "tmpfs", Source = "tmpfs" }));

        Assert.Equal((0, "0\n1\n"), Harness.Run(plan));
        Assert.Equal("of the host", File.ReadAllText($"{outside}/secret"));
        Assert.False(Directory.Exists("/made/in/the/image"));
    }

    [SkippableFact]
    [Trait("CVE", "2022-29162")]
    [Trait("CVE", "2022-27650")]
    [Trait("CVE", "2022-27652")]
    [Trait("CVE", "2022-24769")]
    public void The_inheritable_set_is_empty_whatever_the_spec_says()
    {
        Require();
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Shell("grep CapInh /proc/self/status"),
            process => process with { Capabilities = process.Capabilities! with { Inheritable = process.Capabilities.Bounding } }));
        Assert.Equal("CapInh:\t0000000000000000\n", Harness.Run(plan).Output);
    }

    [SkippableFact]
    [Trait("CVE", "2022-29162")]
    [Trait("CVE", "2022-27650")]
    [Trait("CVE", "2022-27652")]
    [Trait("CVE", "2022-24769")]
    public void The_inheritable_set_of_an_exec_is_empty_too()
    {
        Require();
        LaunchEngineResult container = Harness.Launch(Container.Compile(TestContainer.Spec("sleep", "30")));
        try
        {
            ProcessSpec process = TestContainer.Shell("grep CapInh /proc/self/status").Process!;
            process = process with { Capabilities = process.Capabilities! with { Inheritable = process.Capabilities.Bounding } };
            Assert.Equal("CapInh:\t0000000000000000\n", Harness.Run(TestContainer.Compiler.CompileExec(process, new ExecLaunchContext()), container.PidFd).Output);
        }
        finally
        {
            EngineHarness.Kill(container);
        }
    }

    [SkippableFact]
    [Trait("CVE", "2023-25173")]
    [Trait("CVE", "2022-2995")]
    public void Supplementary_groups_are_exactly_the_spec_s()
    {
        Require();
        LaunchPlan plan = Container.Compile(TestContainer.With(TestContainer.Shell("grep Groups /proc/self/status"), process => process with { User = new UserSpec { Uid = 5, Gid = 6 } }));
        Assert.Equal("Groups:\t \n", Harness.Run(plan).Output);
    }

    [Theory]
    [Trait("CVE", "2024-40635")]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    public void Ids_that_wrap_are_refused(uint id)
    {
        RuntimeSpec spec = TestContainer.With(TestContainer.Spec("true"), process => process with { User = new UserSpec { Uid = id } });
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => TestContainer.Compiler.CompileContainer(spec, AnyContext)).Kind);
    }

    [SkippableFact]
    [Trait("CVE", "2025-52881")]
    public void Labels_and_sysctls_are_written_before_the_containers_files_are_in_sight()
    {
        Require();
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Spec("true"),
            process => process with { ApparmorProfile = "some-profile", SelinuxLabel = "some:label", OomScoreAdj = 5 },
            linux => linux with { Sysctl = ImmutableSortedDictionary<string, string>.Empty.Add("kernel.shm_rmid_forced", "1") }));
        int pivot = plan.Steps.IndexOf("pivot_root to the new root");
        int[] writes = [.. plan.Steps.Select((name, index) => (name, index)).Where(step => step.name.StartsWith("write ", StringComparison.Ordinal)).Select(step => step.index)];
        Assert.Equal(4, writes.Length);
        Assert.All(writes, index => Assert.True(index < pivot, plan.Steps[index]));
    }

    [SkippableFact]
    [Trait("CVE", "2025-52881")]
    public void An_exec_writes_its_label_and_score_before_it_enters_the_container()
    {
        Require();
        ProcessSpec process = TestContainer.Spec("true").Process! with { ApparmorProfile = "some-profile", SelinuxLabel = "some:label", OomScoreAdj = 5 };
        LaunchPlan plan = TestContainer.Compiler.CompileExec(process, new ExecLaunchContext());
        int enters = plan.Steps.IndexOf(plan.Steps.Single(step => step.StartsWith("setns ", StringComparison.Ordinal) && step.Contains("mount", StringComparison.Ordinal)));
        int[] writes = [.. plan.Steps.Select((name, index) => (name, index)).Where(step => step.name.StartsWith("write ", StringComparison.Ordinal)).Select(step => step.index)];
        Assert.Equal(3, writes.Length);
        Assert.All(writes, index => Assert.True(index < enters, plan.Steps[index]));
    }

    private static ContainerLaunchContext AnyContext => new() { Overlay = new OverlayRoot([HostPath.Parse("/l")], HostPath.Parse("/u/u"), HostPath.Parse("/u/w")) };

    private static void Require()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
    }
}
