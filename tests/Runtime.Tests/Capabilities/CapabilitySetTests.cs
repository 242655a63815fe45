using Keelson.Core;
using Keelson.Oci.Capabilities;

namespace Keelson.Runtime.Tests.Capabilities;

public class CapabilitySetTests
{
    [Fact]
    public void The_default_set_is_the_well_known_mask() => Assert.Equal(0xa80425fbUL, CapabilitySet.Default.Bits);

    [Fact]
    public void There_are_41() => Assert.Equal((41, 0x1ffffffffffUL), (CapabilityTable.Names.Length, CapabilitySet.Everything.Bits));

    [Fact]
    public void Dropping_all_and_adding_one_leaves_one() =>
        Assert.Equal("CAP_NET_BIND_SERVICE", Assert.Single(CapabilitySet.Compute(CapabilitySet.Default, ["NET_BIND_SERVICE"], ["ALL"]).Names));

    [Fact]
    public void Adding_all_and_dropping_one_leaves_the_rest() =>
        Assert.Equal(CapabilitySet.Everything.Bits & ~(1UL << 21), CapabilitySet.Compute(CapabilitySet.Default, ["all"], ["sys_admin"]).Bits);

    [Theory]
    [InlineData("CAP_SYS_ADMIN")]
    [InlineData("sys_admin")]
    [InlineData("Cap_Sys_Admin")]
    public void Names_are_taken_in_every_spelling(string name) => Assert.Equal(1UL << 21, CapabilitySet.Of([name]).Bits);

    [Fact]
    public void An_unknown_name_is_refused() =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => CapabilitySet.Of(["CAP_FLY"])).Kind);
}
