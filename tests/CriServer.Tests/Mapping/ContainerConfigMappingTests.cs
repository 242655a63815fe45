using System.Text;
using Google.Protobuf;
using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.CriServer.Tests.Support;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Mapping;

public sealed class ContainerConfigMappingTests
{
    public static TheoryData<string, Action<Cri.ContainerConfig>> BadConfigs => new()
    {
        { "metadata: name must be set", c => c.Metadata = null },
        { "image is empty", c => c.Image = null },
        { "run_as_group needs run_as_user or run_as_username", c => Security(c).RunAsGroup = new Cri.Int64Value { Value = 1 } },
        {
            "run_as_user and run_as_username exclude each other", c =>
            {
                Security(c).RunAsUser = new Cri.Int64Value { Value = 1 };
                Security(c).RunAsUsername = "x";
            }
        },
        { "run_as_user: -1 is not an id", c => Security(c).RunAsUser = new Cri.Int64Value { Value = -1 } },
        { "run_as_user: 4294967295 is not an id", c => Security(c).RunAsUser = new Cri.Int64Value { Value = uint.MaxValue } },
        {
            "seccomp: a Localhost profile needs localhost_ref",
            c => Security(c).Seccomp = new Cri.SecurityProfile { ProfileType = Cri.SecurityProfile.Types.ProfileType.Localhost }
        },
        {
            "namespace_options: target_id goes together with pid mode TARGET",
            c => Security(c).NamespaceOptions = new Cri.NamespaceOption { Pid = Cri.NamespaceMode.Target }
        },
        {
            "namespace_options: network can not have mode CONTAINER",
            c => Security(c).NamespaceOptions = new Cri.NamespaceOption { Network = Cri.NamespaceMode.Container }
        },
        { "mount: container_path is empty", c => c.Mounts.Add(new Cri.Mount { HostPath = "/a" }) },
        { "mount '/a': host_path 'b' is not absolute", c => c.Mounts.Add(new Cri.Mount { ContainerPath = "/a", HostPath = "b" }) },
        {
            "mount '/a': recursive_read_only needs readonly",
            c => c.Mounts.Add(new Cri.Mount { ContainerPath = "/a", HostPath = "/b", RecursiveReadOnly = true })
        },
        {
            "mount '/a': recursive_read_only needs private propagation",
            c => c.Mounts.Add(new Cri.Mount
            {
                ContainerPath = "/a",
                HostPath = "/b",
                Readonly = true,
                RecursiveReadOnly = true,
                Propagation = Cri.MountPropagation.PropagationHostToContainer,
            })
        },
        {
            "mount '/a': image and host_path exclude each other",
            c => c.Mounts.Add(new Cri.Mount { ContainerPath = "/a", HostPath = "/b", Readonly = true, Image = new Cri.ImageSpec { Image = "x" } })
        },
        {
            "mount '/a': an image is mounted read-only",
            c => c.Mounts.Add(new Cri.Mount { ContainerPath = "/a", Image = new Cri.ImageSpec { Image = "x" } })
        },
        {
            "mount '/a': mount_options are not supported",
            c => c.Mounts.Add(new Cri.Mount { ContainerPath = "/a", HostPath = "/b", MountOptions = { "noexec" } })
        },
        { "envs: 'A=B' is not a variable's name", c => c.Envs.Add(new Cri.KeyValue { Key = "A=B" }) },
        { "envs: '' is not a variable's name", c => c.Envs.Add(new Cri.KeyValue()) },
        { "envs: the value of 'A' contains NUL", c => c.Envs.Add(new Cri.KeyValue { Key = "A", Value = ByteString.CopyFromUtf8("x\0") }) },
        { "stop_signal has the unknown value 99", c => c.StopSignal = (Cri.Signal)99 },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_request_that_contradicts_itself_is_refused_with_the_reason(string reason, Action<Cri.ContainerConfig> spoil)
    {
        Cri.ContainerConfig config = ValidConfigs.Container();
        spoil(config);
        KeelsonException refusal = Assert.Throws<KeelsonException>(() => ContainerConfigMapping.ToDomain(config));
        Assert.Equal((ErrorKind.InvalidArgument, reason), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public void A_missing_config_is_refused()
    {
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => ContainerConfigMapping.ToDomain(null)).Kind);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => SandboxConfigMapping.ToDomain(null, "")).Kind);
    }

    [Fact]
    public void An_environment_value_keeps_its_bytes()
    {
        Cri.ContainerConfig config = ValidConfigs.Container();
        config.Envs.Add(new Cri.KeyValue { Key = "K", Value = ByteString.CopyFrom(0xFF, 0xFE, 0x3D) });
        EnvironmentVariable variable = Assert.Single(ContainerConfigMapping.ToDomain(config).Environment);
        Assert.Equal("K", variable.Name);
        Assert.Equal([0xFF, 0xFE, 0x3D], variable.Value.ToArray());
    }

    [Fact]
    public void Everything_said_arrives()
    {
        Cri.ContainerConfig config = ValidConfigs.Container();
        config.Command.Add("c");
        config.Args.Add("a");
        config.WorkingDir = "/w";
        config.LogPath = "app/0.log";
        config.Tty = config.Stdin = config.StdinOnce = true;
        config.StopSignal = Cri.Signal.Sigusr1;
        config.Devices.Add(new Cri.Device { ContainerPath = "/dev/x", HostPath = "/dev/y", Permissions = "rw" });
        config.CDIDevices.Add(new Cri.CDIDevice { Name = "v.com/c=x" });
        config.Linux.Resources = new Cri.LinuxContainerResources { CpuShares = 2, MemoryLimitInBytes = 3, Unified = { { "memory.high", "1" } } };
        Cri.LinuxContainerSecurityContext security = Security(config);
        security.RunAsUser = new Cri.Int64Value { Value = 0 };
        security.RunAsGroup = new Cri.Int64Value { Value = 7 };
        security.SupplementalGroups.Add(9);
        security.SupplementalGroupsPolicy = Cri.SupplementalGroupsPolicy.Strict;
        security.Capabilities = new Cri.Capability { AddCapabilities = { "ALL" }, DropCapabilities = { "NET_RAW" } };
        security.Seccomp = new Cri.SecurityProfile { ProfileType = Cri.SecurityProfile.Types.ProfileType.Unconfined };
        security.MaskedPaths.Add("/proc/kcore");
        security.Privileged = security.ReadonlyRootfs = security.NoNewPrivs = true;

        ContainerConfig domain = ContainerConfigMapping.ToDomain(config);
        Assert.Equal("c a /w app/0.log True True True SIGUSR1", string.Join(' ',
            domain.Command[0], domain.Args[0], domain.WorkingDirectory, domain.LogPath, domain.Terminal, domain.Stdin, domain.StdinOnce, domain.StopSignal));
        Assert.Equal(new ContainerDevice("/dev/x", "/dev/y", "rw"), Assert.Single(domain.Devices));
        Assert.Equal("v.com/c=x", Assert.Single(domain.CdiDevices));
        Assert.Equal((2L, 3L, "1"), (domain.Resources.CpuShares, domain.Resources.MemoryLimitBytes, domain.Resources.Unified["memory.high"]));
        ContainerSecurityContext mapped = domain.Security;
        Assert.Equal((0L, 7L, 9L, SupplementalGroupsPolicy.Strict),
            (mapped.RunAsUser, mapped.RunAsGroup, mapped.SupplementalGroups[0], mapped.SupplementalGroupsPolicy));
        Assert.Equal(("ALL", "NET_RAW"), (mapped.Capabilities.Add[0], mapped.Capabilities.Drop[0]));
        Assert.Equal((SecurityProfileKind.Unconfined, "/proc/kcore", true, true, true),
            (mapped.Seccomp!.Kind, mapped.MaskedPaths[0], mapped.Privileged, mapped.ReadonlyRootfs, mapped.NoNewPrivileges));
    }

    [Fact]
    public void Every_signal_of_the_interface_has_a_name_and_comes_back()
    {
        foreach (Cri.Signal signal in Enum.GetValues<Cri.Signal>())
        {
            string name = SignalMapping.ToDomain(signal);
            Assert.Equal(signal, SignalMapping.ToCri(name));
            Assert.True(signal == Cri.Signal.RuntimeDefault ? name.Length == 0 : name.StartsWith("SIG", StringComparison.Ordinal), Encoding.UTF8.GetByteCount(name).ToString());
        }

        Assert.Equal(("SIGTERM", "SIGRTMIN+15", "SIGRTMAX-14", "SIGRTMAX"),
            (SignalMapping.ToDomain(Cri.Signal.Sigterm), SignalMapping.ToDomain(Cri.Signal.Sigrtminplus15),
                SignalMapping.ToDomain(Cri.Signal.Sigrtmaxminus14), SignalMapping.ToDomain(Cri.Signal.Sigrtmax)));
    }

    private static Cri.LinuxContainerSecurityContext Security(Cri.ContainerConfig config) => config.Linux.SecurityContext;
}
