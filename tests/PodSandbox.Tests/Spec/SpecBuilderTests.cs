using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Oci.Spec;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Spec;

namespace Keelson.PodSandbox.Tests.Spec;

public sealed class SpecBuilderTests
{
    [Theory]
    [InlineData("", "", "entry cmd")]
    [InlineData("", "arg", "entry arg")]
    [InlineData("own", "", "own")]
    [InlineData("own", "arg", "own arg")]
    public void Command_and_arguments_follow_the_rules_of_Kubernetes(string command, string args, string expected)
    {
        BuiltSpec built = Build(
            config => config with { Command = Words(command), Args = Words(args) },
            image: ImageRunConfig.Empty with { Entrypoint = ["entry"], Command = ["cmd"] });
        Assert.Equal(expected, string.Join(' ', built.Runtime.Process!.Args));
    }

    [Fact]
    public void Without_any_command_the_container_is_refused() => Assert.Equal(
        ErrorKind.InvalidArgument,
        Assert.Throws<KeelsonException>(() => Build(config => config with { Command = [], Args = [] }, image: ImageRunConfig.Empty)).Kind);

    [Fact]
    public void The_requests_environment_wins_over_ours_and_ours_over_the_images()
    {
        BuiltSpec built = Build(
            config => config with { Environment = [new EnvironmentVariable("A", "request"u8.ToArray()), new EnvironmentVariable("B", new byte[] { 0xff })] },
            image: ImageRunConfig.Empty with { Command = ["x"], Environment = ["A=image", "C=image", "HOSTNAME=image"] });
        Dictionary<string, byte[]> values = built.Runtime.Process!.Env.ToDictionary(entry => entry.Name, entry => entry.Value.ToArray());
        Assert.Equal("request", Encoding.UTF8.GetString(values["A"]));
        Assert.Equal(new byte[] { 0xff }, values["B"]);
        Assert.Equal("image", Encoding.UTF8.GetString(values["C"]));
        Assert.Equal("web", Encoding.UTF8.GetString(values["HOSTNAME"]));
        Assert.Equal("/home/u", Encoding.UTF8.GetString(values["HOME"]));
        Assert.Contains("/usr/bin", Encoding.UTF8.GetString(values["PATH"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_requested_mount_replaces_ours_and_upper_directories_come_first()
    {
        BuiltSpec built = Build(config => config with
        {
            Mounts =
            [
                new ContainerMount { ContainerPath = "/etc//hosts", HostPath = "/kubelet/hosts" },
                new ContainerMount { ContainerPath = "/data/deep/", HostPath = "/deep", Readonly = true },
                new ContainerMount { ContainerPath = "/data", HostPath = "/data", Propagation = MountPropagation.Bidirectional },
            ],
        });
        Assert.Equal("/kubelet/hosts", Assert.Single(built.Runtime.Mounts, mount => mount.Destination == "/etc/hosts").Source);
        List<string> order = [.. built.Runtime.Mounts.Select(mount => mount.Destination)];
        Assert.True(order.IndexOf("/data") < order.IndexOf("/data/deep"));
        Assert.True(order.IndexOf("/dev") < order.IndexOf("/dev/shm"));
        Assert.Equal("rshared", built.Runtime.Linux!.RootfsPropagation);
        Assert.Contains("ro", built.Runtime.Mounts.Single(mount => mount.Destination == "/data/deep").Options);
    }

    [Fact]
    public void Who_brings_a_dev_of_his_own_gets_nothing_on_top()
    {
        BuiltSpec built = Build(config => config with { Mounts = [new ContainerMount { ContainerPath = "/dev", HostPath = "/dev" }] });
        Assert.DoesNotContain(built.Runtime.Mounts, mount => mount.Destination.StartsWith("/dev/", StringComparison.Ordinal));
    }

    [Fact]
    public void What_no_image_may_replace_is_what_every_container_has()
    {
        BuiltSpec built = Build(config => config);
        Assert.Equal(MountsContributor.OwnDestinations.Order(StringComparer.Ordinal), built.Runtime.Mounts.Select(mount => mount.Destination).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_is_inheritable_and_changes_are_applied()
    {
        BuiltSpec built = Build(config => config with
        {
            Security = config.Security with { Capabilities = new CapabilityChanges { Drop = ["ALL"], Add = ["NET_ADMIN"] } },
        });
        CapabilitiesSpec set = built.Runtime.Process!.Capabilities!;
        Assert.Empty(set.Inheritable);
        Assert.Empty(set.Ambient);
        Assert.Equal("CAP_NET_ADMIN", Assert.Single(set.Bounding));
        Assert.Equal("CAP_NET_ADMIN", Assert.Single(set.Effective));
    }

    [Fact]
    public void A_privileged_container_has_no_masks_no_filter_and_all_devices()
    {
        BuiltSpec built = Build(config => config with
        {
            Security = new ContainerSecurityContext
            {
                Privileged = true,
                MaskedPaths = ["/proc/kcore"],
                Seccomp = new SecurityProfile(SecurityProfileKind.RuntimeDefault),
            },
        });
        Assert.Empty(built.Runtime.Linux!.MaskedPaths);
        Assert.Null(built.Runtime.Linux.Seccomp);
        Assert.True(Assert.Single(built.Runtime.Linux.Resources!.Devices).Allow);
        Assert.Contains("rw", built.Runtime.Mounts.Single(mount => mount.Destination == "/sys").Options);
        Assert.DoesNotContain(built.Runtime.Linux.Namespaces, ns => ns.Type == NamespaceTypes.Cgroup);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(SecurityProfileKind.Unconfined, null)]
    [InlineData(SecurityProfileKind.RuntimeDefault, "SCMP_ACT_ERRNO")]
    [InlineData(SecurityProfileKind.Localhost, "SCMP_ACT_LOG")]
    public void The_filter_is_the_one_asked_for(SecurityProfileKind? kind, string? action)
    {
        BuiltSpec built = Build(config => config with
        {
            Security = new ContainerSecurityContext { Seccomp = kind is { } given ? new SecurityProfile(given, "p.json") : null, MaskedPaths = ["/proc/kcore"] },
        });
        Assert.Equal(action, built.Runtime.Linux!.Seccomp?.DefaultAction);
        Assert.Equal("/proc/kcore", built.Runtime.Linux.MaskedPaths[0]);
        Assert.False(Assert.Single(built.Runtime.Linux.Resources!.Devices).Allow);
    }

    [Theory]
    [InlineData(NamespaceMode.Pod, NamespaceMode.Pod, true, false)]
    [InlineData(NamespaceMode.Container, NamespaceMode.Pod, false, true)]
    [InlineData(NamespaceMode.Node, NamespaceMode.Node, false, false)]
    [InlineData(NamespaceMode.Pod, NamespaceMode.Node, false, false)]
    public void The_pid_namespace_is_joined_made_or_the_hosts(NamespaceMode container, NamespaceMode sandbox, bool joined, bool own)
    {
        BuiltSpec built = Build(
            config => config with { Security = new ContainerSecurityContext { Namespaces = new NamespaceOptions { Pid = container } } },
            sandbox: Samples.Sandbox() with { Security = new SandboxSecurityContext { Namespaces = new NamespaceOptions { Pid = sandbox } } });
        Assert.Equal(joined, built.Joined.Contains(NamespaceTypes.Pid));
        Assert.Equal(own, built.Runtime.Linux!.Namespaces.Any(ns => ns.Type == NamespaceTypes.Pid));
        Assert.Contains(NamespaceTypes.Network, built.Joined);
        Assert.Contains(NamespaceTypes.Ipc, built.Joined);
    }

    [Fact]
    public void Limits_say_only_what_the_request_says()
    {
        ResourcesSpec nothing = ResourcesContributor.Limits(LinuxResources.None);
        Assert.Null(nothing.Cpu);
        Assert.Null(nothing.Memory);
        ResourcesSpec some = ResourcesContributor.Limits(new LinuxResources { CpuQuota = -1, MemoryLimitBytes = 5, Unified = Maps.Of([new("memory.high", "4")]) });
        Assert.Equal(-1, some.Cpu!.Quota);
        Assert.Null(some.Cpu.Shares);
        Assert.Equal(5, some.Memory!.Limit);
        Assert.Equal("4", some.Unified!["memory.high"]);
    }

    [Theory]
    [InlineData("/etc/../x", "/host", false)]
    [InlineData("/data", "relative", false)]
    [InlineData("/data", "", false)]
    [InlineData("/data", "/host", true)]
    public async Task Mounts_that_cannot_be_right_are_refused(string inside, string host, bool allowed)
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId sandbox = await node.RunAsync();
        string source = host.StartsWith('/') ? node.Layout.Sandboxes.Value + host : host;
        Task<ContainerId> create = node.CreateAsync(sandbox, config => config with { Mounts = [new ContainerMount { ContainerPath = inside, HostPath = source }] });
        if (allowed)
        {
            await create;
            Assert.True(Directory.Exists(source));
        }
        else
        {
            Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<KeelsonException>(() => create)).Kind);
        }
    }

    [Theory]
    [Trait("CVE", "GHSA-7ww5-4wqc-m92c")]
    [InlineData("/proc/kcore", "/proc/kcore /sys/devices/virtual/powercap")]
    [InlineData("/sys/devices/virtual/powercap /proc/kcore", "/sys/devices/virtual/powercap /proc/kcore")]
    [InlineData("", "")]
    public void Power_meters_are_masked_also_where_the_kubelet_does_not_ask_for_it(string asked, string masked)
    {
        BuiltSpec built = Build(config => config with { Security = config.Security with { MaskedPaths = Words(asked) } });
        Assert.Equal<string>(Words(masked), built.Runtime.Linux!.MaskedPaths);
    }

    [Fact]
    [Trait("CVE", "2024-3154")]
    [Trait("CVE", "2023-6476")]
    public void Annotations_change_nothing_of_what_is_launched()
    {
        ImmutableSortedDictionary<string, string> annotations = Maps.Of(
        [
            new("org.systemd.property.ExecStartPre", "[('/bin/sh', ['/bin/sh', '-c', 'touch /evil'], false)]"),
            new("io.kubernetes.cri-o.UnifiedCgroup.web", "memory.max=max;../../memory.max=max"),
            new("io.kubernetes.cri-o.Devices", "/dev/sda:/dev/sda:rwm"),
            new("run.oci.hooks.stderr", "/evil"),
            new("run.oci.delegate-cgroup", "../.."),
            new("container.apparmor.security.beta.kubernetes.io/web", "unconfined"),
        ]);
        BuiltSpec without = Build(config => config with { Environment = [] });
        BuiltSpec with = Build(config => config with { Environment = [], Annotations = annotations }, sandbox: Samples.Sandbox() with { Annotations = annotations });

        Assert.True(SpecJson.Serialize(without.Runtime).AsSpan().SequenceEqual(SpecJson.Serialize(with.Runtime)));
        Assert.Null(with.Runtime.Annotations);
    }

    [Fact]
    public void Limits_of_the_configuration_go_to_the_process() => Assert.Equal<RlimitSpec>([Limit], Build(config => config).Runtime.Process!.Rlimits);

    [Fact]
    public void Devices_of_the_host_are_looked_up()
    {
        HostDevice zero = Assert.Single(HostDevices.At("/dev/zero", "/dev/nothing"));
        Assert.Equal(("/dev/nothing", "c", 1L, 5L), (zero.Node.Path, zero.Node.Type, zero.Node.Major, zero.Node.Minor));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<KeelsonException>(() => HostDevices.At("/dev/no-such-device", "/dev/x")).Kind);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => HostDevices.At("/etc/hostname", "/dev/x")).Kind);
    }

    [Fact]
    public void What_a_CDI_device_brings_replaces_what_is_there()
    {
        BuiltSpec built = Build(
            config => config with
            {
                Environment = [new EnvironmentVariable("A", "request"u8.ToArray())],
                Devices = [new ContainerDevice("/dev/it", "/dev/null", "r")],
                Mounts = [new ContainerMount { ContainerPath = "/data", HostPath = "/request" }, new ContainerMount { ContainerPath = "/a/b", HostPath = "/b" }],
            },
            cdi: new CdiInjection
            {
                Environment = ["A=device", "B=device=1"],
                Devices = [new DeviceSpec { Path = "/dev/it", Type = "c", Major = 1, Minor = 5 }, new DeviceSpec { Path = "/dev/owned", Type = "p", Uid = 9, Gid = 0 }],
                DeviceRules = [new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 5, Access = "rw" }],
                Mounts = [new MountSpec { Destination = "/data", Source = "/device" }, new MountSpec { Destination = "/top", Source = "/top" }],
                AdditionalGids = [44, 7],
            },
            user: new ContainerUser { Uid = 1000, Gid = 100, SupplementalGroups = [7, 8] });
        ProcessSpec process = built.Runtime.Process!;
        Assert.Contains(EnvironmentEntry.Of("A", "device"), process.Env);
        Assert.Contains(EnvironmentEntry.Of("B", "device=1"), process.Env);
        Assert.Single(process.Env, entry => entry.Name == "A");
        Assert.Equal<uint>([7, 8, 44], process.User.AdditionalGids);
        Assert.Equal<DeviceSpec>(
        [
            new DeviceSpec { Path = "/dev/it", Type = "c", Major = 1, Minor = 5, Uid = 1000, Gid = 100 },
            new DeviceSpec { Path = "/dev/owned", Type = "p", Uid = 9, Gid = 0 },
        ],
            built.Runtime.Linux!.Devices);
        Assert.Equal("rw", built.Runtime.Linux.Resources!.Devices[^1].Access);
        Assert.False(built.Runtime.Linux.Resources.Devices[0].Allow);
        Assert.Equal("/device", Assert.Single(built.Runtime.Mounts, mount => mount.Destination == "/data").Source);
        List<string> order = [.. built.Runtime.Mounts.Select(mount => mount.Destination)];
        Assert.True(order.IndexOf("/top") < order.IndexOf("/a/b"));
    }

    private static RlimitSpec Limit => new(RlimitTypes.OpenFiles, 5, 6);

    private static ImmutableArray<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static BuiltSpec Build(Func<ContainerConfig, ContainerConfig> change, ImageRunConfig? image = null, SandboxConfig? sandbox = null, CdiInjection? cdi = null, ContainerUser? user = null)
    {
        ContainerConfig config = change(Samples.Container());
        return SpecBuilder.Build(new SpecInputs
        {
            Config = config,
            Sandbox = new SandboxSnapshot(new SandboxIdentity(SandboxId.New(), sandbox ?? Samples.Sandbox(), 1, "boot"), new SandboxStatus { State = SandboxState.Ready }),
            Image = Samples.Image() with { Config = image ?? ImageRunConfig.Empty with { Command = ["sh"] } },
            User = user ?? new ContainerUser { Home = "/home/u" },
            Resources = config.Resources,
            PodDirectory = HostPath.Parse("/sandbox"),
            SharedMemory = HostPath.Parse("/shm"),
            RootDirectory = HostPath.Parse("/root"),
            Seccomp = new FakePlans(),
            Rlimits = [Limit],
            Cdi = cdi,
        });
    }
}
