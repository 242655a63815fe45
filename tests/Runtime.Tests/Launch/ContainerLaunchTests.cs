using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

[Trait("needs", "root")]
public sealed class ContainerLaunchTests : IDisposable
{
    private readonly EngineHarness _harness = new();
    private TestContainer? _container;

    public void Dispose()
    {
        _harness.Dispose();
        _container?.Dispose();
    }

    [SkippableFact]
    public void A_whole_container_runs_and_sees_only_itself()
    {
        LaunchPlan plan = Start().Compile(TestContainer.Shell(
            "echo pid $$; hostname; cat /proc/self/status | grep -E 'Cap|NoNewPrivs|SigIgn|SigBlk'; ls /proc/self/fd | wc -l; ls / ; readlink /dev/fd; stat -c '%t:%T %a' /dev/null; cat /proc/net/dev | wc -l"));
        (int exit, string output) = _harness.Run(plan);
        Assert.Equal(0, exit);
        string[] lines = output.Split('\n');
        Assert.Equal("pid 1", lines[0]);
        Assert.Equal("box", lines[1]);
        Assert.Contains("CapInh:\t0000000000000000", lines);
        Assert.Contains("CapPrm:\t00000000a80425fb", lines);
        Assert.Contains("CapBnd:\t00000000a80425fb", lines);
        Assert.Contains("CapAmb:\t0000000000000000", lines);
        Assert.Contains("NoNewPrivs:\t1", lines);
        Assert.Contains("SigIgn:\t0000000000000000", lines);
        Assert.Contains("SigBlk:\t0000000000000000", lines);
        Assert.Contains("/proc/self/fd", lines);
        Assert.Contains("1:3 666", lines);
    }

    [SkippableFact]
    public void A_command_that_is_not_on_the_path_is_told_as_such()
    {
        LaunchPlan plan = Start().Compile(TestContainer.Spec("nonesuch"));
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.False(result.Launched);
        Assert.Equal("exec \"nonesuch\": executable file not found in $PATH (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public void A_command_is_found_along_the_path()
    {
        (int exit, string output) = _harness.Run(Start().Compile(TestContainer.Spec("echo", "found")));
        Assert.Equal((0, "found\n"), (exit, output));
    }

    [SkippableFact]
    public void A_missing_layer_is_named_by_its_step()
    {
        TestContainer container = Start();
        LaunchPlan plan = TestContainer.Compiler.CompileContainer(
            TestContainer.Spec("true"),
            container.Context with { Overlay = container.Context.Overlay! with { LowerDirectories = [Core.HostPath.Parse("/no/such/layer")] } });
        LaunchEngineResult result = _harness.Launch(plan);
        string step = LaunchHost.Detect().OverlayTakesLayersSingly ? "fsconfig lowerdir+=/no/such/layer for '/'" : "chdir to '/no/such'";
        Assert.Equal($"{step}: No such file or directory (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public void A_missing_bind_source_is_named_by_its_step()
    {
        LaunchPlan plan = Start().Compile(TestContainer.With(TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/data", Type = "bind", Source = "/no/such/source", Options = ["rbind"] }));
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("open_tree bind source '/no/such/source': No such file or directory (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public void Bind_mounts_get_their_places_made_and_their_options_kept()
    {
        TestContainer container = Start();
        File.WriteAllText($"{container.Path}/file", "content\n");
        Directory.CreateDirectory($"{container.Path}/dir");
        LaunchPlan plan = container.Compile(TestContainer.With(
            TestContainer.Shell("cat /etc/made/file; touch /data/deep/er/new && echo wrote; (touch /ro/x) 2>/dev/null || echo refused; grep -c rro /proc/self/mountinfo; exit 0"),
            null,
            null,
            new MountSpec { Destination = "/etc/made/file", Type = "bind", Source = $"{container.Path}/file", Options = ["rbind", "ro"] },
            new MountSpec { Destination = "/data/deep/er", Type = "bind", Source = $"{container.Path}/dir", Options = ["rbind", "rw", "rprivate"] },
            new MountSpec { Destination = "/ro", Type = "bind", Source = $"{container.Path}/dir", Options = ["rbind", "rro", "rslave"] }));
        Assert.Equal("content\nwrote\nrefused\n0\n", _harness.Run(plan).Output);
        Assert.True(File.Exists($"{container.Path}/dir/new"));
    }

    [SkippableTheory]
    [InlineData("volumes/data")]
    [InlineData("/volumes/data")]
    [InlineData("first")]
    public void What_a_link_in_the_image_points_at_is_made_where_it_is_missing(string target)
    {
        TestContainer container = Start();
        File.CreateSymbolicLink($"{container.Lower}/first", "/etc/second");
        File.CreateSymbolicLink($"{container.Lower}/etc/second", "../volumes/data");
        File.CreateSymbolicLink($"{container.Lower}/data", target);
        File.CreateSymbolicLink($"{container.Lower}/etc/resolv.conf", "/run/systemd/resolve/stub.conf");
        Directory.CreateDirectory($"{container.Path}/dir");
        File.WriteAllText($"{container.Path}/file", "nameserver\n");
        LaunchPlan plan = container.Compile(TestContainer.With(
            TestContainer.Shell("cat /etc/resolv.conf /run/systemd/resolve/stub.conf; touch /volumes/data/new && stat -c %a /volumes /run/systemd"),
            null,
            null,
            new MountSpec { Destination = "/data", Type = "bind", Source = $"{container.Path}/dir", Options = ["rbind"] },
            new MountSpec { Destination = "/etc/resolv.conf", Type = "bind", Source = $"{container.Path}/file", Options = ["rbind", "ro"] }));

        Assert.Equal((0, "nameserver\nnameserver\n755\n755\n"), _harness.Run(plan));
        Assert.True(File.Exists($"{container.Path}/dir/new"));
    }

    [SkippableFact]
    public void A_mount_target_that_is_a_loop_of_links_is_named_with_the_reason()
    {
        TestContainer container = Start();
        File.CreateSymbolicLink($"{container.Lower}/data", "/ring");
        File.CreateSymbolicLink($"{container.Lower}/ring", "data");
        LaunchPlan plan = container.Compile(TestContainer.With(
            TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/data", Type = "tmpfs", Source = "tmpfs" }));
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("open target '/data': Too many levels of symbolic links (errno 40)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public void A_mount_target_that_can_not_be_made_is_named_with_the_reason()
    {
        TestContainer container = Start();
        Directory.CreateDirectory($"{container.Path}/dir");
        File.CreateSymbolicLink($"{container.Lower}/data", "/volume/data");
        LaunchPlan plan = container.Compile(TestContainer.With(
            TestContainer.Spec("true"),
            null,
            null,
            new MountSpec { Destination = "/volume", Type = "bind", Source = $"{container.Path}/dir", Options = ["rbind", "ro"] },
            new MountSpec { Destination = "/data", Type = "tmpfs", Source = "tmpfs" }));
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("make target '/data': Read-only file system (errno 30)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [SkippableFact]
    public void User_groups_umask_limits_and_directory_are_exact()
    {
        LaunchPlan plan = Start().Compile(TestContainer.With(
            TestContainer.Shell("id -u; id -g; id -G; umask; ulimit -n; pwd; touch /dev/stdout; echo $OWN"),
            process => process with
            {
                User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [5, 6], Umask = 0x17 },
                Rlimits = [new RlimitSpec("RLIMIT_NOFILE", 99, 100)],
                Cwd = "/made/for/work",
                Env = [EnvironmentEntry.Of("OWN", "a b=c")],
            }));
        Assert.Equal("1000\n1001\n1001 5 6\n0027\n99\n/made/for/work\na b=c\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Masked_paths_are_empty_and_read_only_paths_refuse_writes()
    {
        LaunchPlan plan = Start().Compile(TestContainer.Shell(
            "wc -c < /proc/keys; ls /sys/firmware | wc -l; (echo 1 > /proc/sys/kernel/domainname) 2>/dev/null || echo refused; (echo b > /proc/sysrq-trigger) 2>/dev/null || echo refused"));
        Assert.Equal("0\n0\nrefused\nrefused\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void A_read_only_root_refuses_writes_but_has_its_mounts()
    {
        RuntimeSpec spec = TestContainer.Shell("(touch /x) 2>/dev/null || echo refused; touch /dev/shm/y && echo ok");
        LaunchPlan plan = Start().Compile(spec with { Root = new RootSpec { Path = "rootfs", Readonly = true } });
        Assert.Equal("refused\nok\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Capabilities_of_a_non_root_user_end_with_its_execve()
    {
        LaunchPlan plan = Start().Compile(TestContainer.With(
            TestContainer.Shell("grep -E 'CapEff|CapPrm' /proc/self/status"), process => process with { User = new UserSpec { Uid = 7 } }));
        Assert.Equal("CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Ambient_capabilities_survive_it()
    {
        LaunchPlan plan = Start().Compile(TestContainer.With(
            TestContainer.Shell("grep -E 'CapEff|CapAmb' /proc/self/status"),
            process => process with { User = new UserSpec { Uid = 7 }, Capabilities = process.Capabilities! with { Ambient = ["CAP_NET_BIND_SERVICE"] } }));
        Assert.Equal("CapEff:\t0000000000000400\nCapAmb:\t0000000000000400\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Sysctls_reach_only_the_containers_namespaces()
    {
        string before = File.ReadAllText("/proc/sys/kernel/shm_rmid_forced");
        LaunchPlan plan = Start().Compile(TestContainer.With(
            TestContainer.Shell("cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start"),
            null,
            linux => linux with
            {
                Sysctl = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty
                    .Add("kernel.shm_rmid_forced", "1").Add("net.ipv4.ip_unprivileged_port_start", "77"),
            }));
        Assert.Equal("1\n77\n", _harness.Run(plan).Output);
        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/shm_rmid_forced"));
    }

    [SkippableFact]
    public void Extra_devices_have_their_numbers_modes_and_owners()
    {
        LaunchPlan plan = Start().Compile(TestContainer.With(
            TestContainer.Shell("stat -c '%F %t:%T %a %u:%g' /dev/net/tun /elsewhere/node"),
            null,
            linux => linux with
            {
                Devices =
                [
                    new DeviceSpec { Path = "/dev/net/tun", Type = "c", Major = 10, Minor = 200, FileMode = 0x180, Uid = 3, Gid = 4 },
                    new DeviceSpec { Path = "/elsewhere/node", Type = "b", Major = 259, Minor = 300 },
                ],
            }));
        Assert.Equal("character special file a:c8 600 3:4\nblock special file 103:12c 666 0:0\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Layers_that_must_fit_one_page_mount_too()
    {
        TestContainer container = Start();
        (int exit, string output) = _harness.Run(CompilerOf(older: true).CompileContainer(TestContainer.Shell("echo ok; touch /x"), container.Context));
        Assert.Equal((0, "ok\n"), (exit, output));
        Assert.True(File.Exists($"{container.Path}/upper/x"));
    }

    [SkippableFact]
    public void A_container_may_bring_the_hosts_dev_and_its_masks_still_hold()
    {
        RuntimeSpec spec = TestContainer.Shell("stat -c '%t:%T' /dev/null /proc/keys; cat /proc/keys; ls /sys/firmware | wc -l");
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts.Where(mount => !mount.Destination.StartsWith("/dev", StringComparison.Ordinal)),
                new MountSpec { Destination = "/dev", Type = "bind", Source = "/dev", Options = ["rbind", "rslave"] },
            ],
        };
        Assert.Equal("1:3\n1:3\n0\n", _harness.Run(Start().Compile(spec)).Output);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_image_volume_of_many_layers_is_mounted_read_only(bool older)
    {
        TestContainer container = Start();
        List<string> layers = [];
        for (int i = 0; i < 6; i++)
        {
            string layer = $"{container.Path}/a-layer-with-a-name-as-long-as-those-of-real-layers-are-{i}/content";
            Directory.CreateDirectory(layer);
            File.WriteAllText($"{layer}/file{i}", "x");
            layers.Add(layer);
        }

        MountSpec Volume(string destination) =>
            new() { Destination = destination, Type = "overlay", Source = "overlay", Options = ["ro", "lowerdir=" + string.Join(':', layers)] };
        LaunchPlan plan = CompilerOf(older).CompileContainer(
            TestContainer.With(
                TestContainer.Shell("ls /volume; (touch /volume/x) 2>/dev/null || echo refused; ls /other | wc -l; grep -c ' overlay ' /proc/self/mountinfo; grep ' /volume ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1"),
                null,
                null,
                Volume("/volume"),
                Volume("/other")),
            container.Context);
        Assert.Equal("file0\nfile1\nfile2\nfile3\nfile4\nfile5\nrefused\n6\n3\nro\n", _harness.Run(plan).Output);
    }

    [SkippableFact]
    public void Nothing_of_a_launch_stays_on_the_host()
    {
        TestContainer container = Start();
        int descriptors = Directory.GetFiles("/proc/self/fd").Length;
        LaunchPlan plan = container.Compile(TestContainer.Spec("true"));
        _harness.Run(plan);

        // Every mount of a launch names the container's directory: as its target, or as overlay's layers.
        Assert.DoesNotContain(container.Path, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 2);
    }

    /// <summary>For this kernel, or for one that is older than Linux 6.7 whatever this one is.</summary>
    private static Oci.Launch.Compile.PlanCompiler CompilerOf(bool older)
    {
        LaunchHost host = LaunchHost.Detect();
        return new Oci.Launch.Compile.PlanCompiler(host with { OverlayTakesLayersSingly = host.OverlayTakesLayersSingly && !older });
    }

    private TestContainer Start()
    {
        RootOnly.Require();
        return _container ??= new TestContainer();
    }
}
