using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

[Trait("needs", "root")]
public sealed class TerminalTests : ContainerLaunchBase
{
    [SkippableFact]
    public void A_terminal_has_a_name_in_the_container_and_is_its_console()
    {
        const string script = """
            tty; test -t 0 && echo terminal; stat -c '%F %t:%T %a %u:%g' /dev/pts/0 /dev/console
            test $(cut -d' ' -f7 /proc/self/stat) != 0 && echo controlled; echo to the console >/dev/console; ls /dev/pts
            """;
        Assert.Equal(
            [
                "/dev/pts/0", "terminal", "character special file 88:0 620 0:5", "character special file 88:0 620 0:5",
                "controlled", "to the console", "0     ptmx",
            ],
            Run(TestContainer.Shell(script)));
    }

    [SkippableFact]
    public void A_user_who_is_not_root_owns_its_terminal_and_its_console()
    {
        const string script = "tty; stat -c '%u:%g' /dev/console; echo by name >/dev/pts/0; echo to the console >/dev/console; echo by tty >/dev/tty";
        Assert.Equal(
            ["/dev/pts/0", "1000:5", "by name", "to the console", "by tty"],
            Run(TestContainer.With(TestContainer.Shell(script), process => process with { User = new UserSpec { Uid = 1000, Gid = 1000 } })));
    }

    [SkippableFact]
    public void Terminals_of_containers_are_not_among_the_hosts()
    {
        RootOnly.Require();
        string[] before = Directory.GetFiles("/dev/pts");
        using SafeFd mount = TerminalMount.Create(ContainerTerminals.MountOptions);
        PseudoTerminal terminal = PseudoTerminal.CreateIn(mount);
        using SafeFd master = terminal.Master;
        using SafeFd slave = terminal.Slave;
        Assert.Equal(before, Directory.GetFiles("/dev/pts"));
    }

    [SkippableFact]
    [Trait("CVE", "2025-52565")]
    public void The_console_is_the_terminal_whatever_the_image_has_there()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        string victim = $"{Container.Path}/victim";
        File.WriteAllText(victim, "untouched");
        Directory.CreateDirectory($"{Container.Lower}/dev/pts");
        Container.InImage("sysrq", "of the image");
        File.CreateSymbolicLink($"{Container.Lower}/dev/console", victim);
        File.CreateSymbolicLink($"{Container.Lower}/dev/pts/0", "/proc/sysrq-trigger");
        File.CreateSymbolicLink($"{Container.Lower}/dev/ptmx", "/sysrq");

        string[] lines = Run(TestContainer.Shell("stat -c '%F %t:%T' /dev/console; echo written >/dev/console; cat /sysrq"));

        Assert.Equal(["character special file 88:0", "written", "of the image"], lines);
        Assert.Equal("untouched", File.ReadAllText(victim));
    }

    [SkippableFact]
    [Trait("CVE", "2025-52565")]
    public void What_is_bound_as_the_console_is_never_looked_up_by_name()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        LaunchPlan plan = Container.Compile(WithTerminal(TestContainer.Spec("true")));
        int Place(string step) => plan.Steps.IndexOf(step);

        Assert.True(Place("create '/dev/console'") < Place("pivot_root to the new root"), "the file is made while the image is not in sight");
        Assert.True(Place("the terminal is of devpts") < Place("move_mount onto '/dev/console'"), "what is bound is checked");
        Assert.True(Place("move_mount onto '/dev/console'") < Place("open masked '/proc/kcore'"), "masks come last");

        // By descriptor: the source is the stream, the target a name in the tmpfs that was just filled.
        string explained = plan.Explain();
        Assert.Matches(@"open_tree the terminal  # open_tree\(s0, ""?", explained);
        Assert.Matches(@"open target '/dev/console'  # openat\(s\d+, ""console""", explained);
    }

    [SkippableFact]
    public void A_terminal_of_the_hosts_devpts_does_where_the_container_has_none_of_its_own()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        PseudoTerminal terminal = PseudoTerminal.Create();
        RuntimeSpec spec = WithTerminal(TestContainer.Shell("test -t 0 && echo terminal; ls /dev/pts"));

        // What a shim from before gives, and what is left to a container that brings its own /dev/pts.
        Assert.Equal(["terminal", "ptmx"], Run(Container.Compile(spec), terminal, mount: null));
    }

    [SkippableFact]
    public void A_mount_or_a_device_of_the_spec_is_left_alone_on_the_console()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        RuntimeSpec mount = TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/dev/console", Type = "bind", Source = "/dev/null" });
        RuntimeSpec device = TestContainer.With(
            TestContainer.Spec("true"), null, linux => linux with { Devices = [new DeviceSpec { Path = "/dev/console", Type = "c", Major = 5, Minor = 1 }] });

        Assert.All([mount, device], spec => Assert.DoesNotContain("open_tree the terminal", Container.Compile(WithTerminal(spec)).Steps));
    }

    [SkippableFact]
    public void Options_that_the_shims_mount_does_not_have_are_refused()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        RuntimeSpec spec = WithTerminal(TestContainer.Spec("true"));
        spec = spec with { Mounts = [.. spec.Mounts.Select(mount => mount.Type == "devpts" ? mount with { Options = ["newinstance", "mode=0666"] } : mount)] };
        Assert.Equal(ErrorKind.Unimplemented, Assert.Throws<KeelsonException>(() => Container.Compile(spec)).Kind);
    }

    private static RuntimeSpec WithTerminal(RuntimeSpec spec) => TestContainer.With(spec, process => process with { Terminal = true });

    private string[] Run(RuntimeSpec spec)
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
        LaunchPlan plan = Container.Compile(WithTerminal(spec));
        Assert.True(plan.TakesTerminalMount);
        using SafeFd mount = TerminalMount.Create(ContainerTerminals.MountOptions);
        return Run(plan, PseudoTerminal.CreateIn(mount), mount);
    }

    private string[] Run(LaunchPlan plan, PseudoTerminal terminal, SafeFd? mount)
    {
        using SafeFd master = terminal.Master;
        LaunchEngineResult result;
        using (terminal.Slave)
        {
            result = Harness.Launch(plan, terminal.Slave, input: terminal.Slave, extra: mount);
        }

        Assert.True(result.Launched, plan.DescribeFailure(result.FailedStep, result.Errno));
        string output = EngineHarness.ReadToEnd(master);
        EngineHarness.Wait(result);
        return output.TrimEnd().Split("\r\n");
    }
}
