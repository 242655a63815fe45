using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Spec;

public class SpecJsonTests
{
    private static readonly RuntimeSpec Sample = new()
    {
        Root = new RootSpec { Path = "rootfs", Readonly = true },
        Hostname = "pod",
        Process = new ProcessSpec
        {
            Args = ["/bin/sh", "-c", "true"],
            Env = [EnvironmentEntry.Of("PATH", "/bin"), EnvironmentEntry.Of("TEXT", "a=b é")],
            Cwd = "/work",
            User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [5, 6], Umask = 0x12 },
            Capabilities = new CapabilitiesSpec { Bounding = ["CAP_CHOWN"], Effective = ["CAP_CHOWN"], Permitted = ["CAP_CHOWN"] },
            Rlimits = [new RlimitSpec("RLIMIT_NOFILE", 1024, ulong.MaxValue)],
            NoNewPrivileges = true,
            OomScoreAdj = -998,
        },
        Mounts = [new MountSpec { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid"] }],
        Annotations = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b"),
        Linux = new LinuxSpec
        {
            Namespaces = [new NamespaceSpec(NamespaceTypes.Pid), new NamespaceSpec(NamespaceTypes.Network, "/run/netns/x")],
            UidMappings = [new IdMappingSpec(0, 100000, 65536)],
            MaskedPaths = ["/proc/kcore"],
            Resources = new ResourcesSpec
            {
                Cpu = new CpuSpec { Shares = 1024, Quota = -1 },
                Memory = new MemorySpec { Limit = 1 << 20 },
                Pids = new PidsSpec(100),
                BlockIo = new BlockIoSpec(500),
                Devices = [new DeviceRuleSpec { Allow = false, Access = "rwm" }],
            },
            Seccomp = new SeccompSpec
            {
                DefaultAction = "SCMP_ACT_ERRNO",
                Syscalls = [new SyscallSpec { Names = ["read"], Action = "SCMP_ACT_ALLOW", Args = [new SyscallArgSpec(0, 1, 2, "SCMP_CMP_EQ")] }],
            },
        },
    };

    [Fact]
    public void A_spec_survives_a_round_trip()
    {
        byte[] once = SpecJson.Serialize(Sample);
        byte[] twice = SpecJson.Serialize(SpecJson.Deserialize(once));
        Assert.Equal(Encoding.UTF8.GetString(once), Encoding.UTF8.GetString(twice));
        Assert.Equal(Sample.Process!.Env.AsEnumerable(), SpecJson.Deserialize(once).Process!.Env);
    }

    [Theory]
    [InlineData("\"ociVersion\":\"1.2.0\"")]
    [InlineData("\"noNewPrivileges\":true")]
    [InlineData("\"oomScoreAdj\":-998")]
    [InlineData("\"additionalGids\":[5,6]")]
    [InlineData("\"containerID\":0,\"hostID\":100000")]
    [InlineData("\"blockIO\":{\"weight\":500}")]
    [InlineData("\"maskedPaths\":[\"/proc/kcore\"]")]
    [InlineData("\"valueTwo\":2")]
    [InlineData("\"hard\":18446744073709551615")]
    public void Names_are_the_specifications(string fragment) =>
        Assert.Contains(fragment, Encoding.UTF8.GetString(SpecJson.Serialize(Sample)), StringComparison.Ordinal);

    [Fact]
    public void What_a_file_leaves_out_is_empty_not_null()
    {
        RuntimeSpec spec = SpecJson.Deserialize("""{"process":{"args":["x"]},"linux":{}}"""u8);
        Assert.Empty(spec.Mounts);
        Assert.Empty(spec.Process!.Env);
        Assert.Equal("/", spec.Process.Cwd);
        Assert.Equal(0u, spec.Process.User.Uid);
        Assert.Empty(spec.Linux!.MaskedPaths);
        Assert.Equal(RuntimeSpec.SupportedVersion, spec.OciVersion);
    }

    [Fact]
    public void A_value_that_is_not_utf8_is_refused_rather_than_changed()
    {
        RuntimeSpec spec = Sample with { Process = Sample.Process! with { Env = [new EnvironmentEntry("RAW", new byte[] { 0xff, 0xfe })] } };
        KeelsonException failure = Assert.Throws<KeelsonException>(() => SpecJson.Serialize(spec));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("RAW", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Printing_an_entry_never_shows_its_value() =>
        Assert.DoesNotContain("secret", EnvironmentEntry.Of("TOKEN", "secret").ToString(), StringComparison.Ordinal);
}
