using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cni;

namespace Keelson.PodSandbox.Tests.Cni;

public sealed class CniConfigurationTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    public CniConfigurationTests() => _plugins.AddGood("p", "10.0.0.2/8");

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public void Without_a_configuration_the_network_is_not_ready_and_says_why()
    {
        NetworkStatus status = _plugins.Network().Status();
        Assert.False(status.Ready);
        Assert.Contains(_plugins.Options.ConfigDirectory.Value, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_directory_may_vanish_and_come_back()
    {
        CniPodNetwork network = _plugins.Network();
        _plugins.ConfigureList(plugins: ["""{"type":"p"}"""]);
        Assert.True(network.Status().Ready);
        Directory.Delete(_plugins.Options.ConfigDirectory.Value, recursive: true);
        Assert.Contains("does not exist", network.Status().Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_plugins.Options.ConfigDirectory.Value);
        _plugins.ConfigureList(plugins: ["""{"type":"p"}"""]);
        Assert.True(network.Status().Ready);
    }

    [Fact]
    public void The_first_valid_file_in_lexical_order_counts()
    {
        _plugins.Configure("05-broken.conflist", "{");
        _plugins.Configure("07-readme.txt", """{"cniVersion":"1.0.0","name":"text","type":"p"}""");
        _plugins.ConfigureList("20-later.conflist", name: "later", plugins: ["""{"type":"p"}"""]);
        _plugins.Configure("10-single.conf", """{"cniVersion":"0.4.0","name":"single","type":"p"}""");
        var directory = new CniConfigDirectory(_plugins.Options.ConfigDirectory);
        Assert.Equal("single", directory.Current(out _)!.Name);

        _plugins.ConfigureList("05-broken.conflist", name: "repaired", plugins: ["""{"type":"p"}"""]);
        Assert.Equal("repaired", directory.Current(out _)!.Name);
    }

    [Theory]
    [InlineData("""{"cniVersion":"1.0.0","plugins":[{"type":"p"}]}""", "no name")]
    [InlineData("""{"cniVersion":"1.0.0","name":"../x","plugins":[{"type":"p"}]}""", "name")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"../../bin/sh"}]}""", "not a file name")]
    [InlineData("""{"cniVersion":"9.9.9","name":"n","plugins":[{"type":"p"}]}""", "9.9.9")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","plugins":[]}""", "empty")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n"}""", "neither")]
    [InlineData("""{"cniVersion":"1.0.0","name":5,"type":"p"}""", "")]
    [InlineData("[]", "object")]
    [InlineData("{", "")]
    public void A_bad_configuration_is_refused_with_its_file_and_reason(string text, string reason)
    {
        KeelsonException refused = Assert.Throws<KeelsonException>(() => CniNetworkList.Parse(text, "/etc/cni/net.d/x"));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Contains("/etc/cni/net.d/x", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["0.4.0","1.0.0"]""", "1.0.0")]
    [InlineData("""["1.0.0","1.1.0","2.0.0"]""", "1.1.0")]
    [InlineData("""["0.3.1"]""", "0.3.1")]
    public void The_highest_version_known_to_both_is_taken(string offered, string expected) =>
        Assert.Equal(expected, CniNetworkList.Parse($$"""{"cniVersions":{{offered}},"name":"n","plugins":[{"type":"p"}]}""", "x").Version);

    [Fact]
    public void A_list_without_a_version_is_of_the_oldest() =>
        Assert.Equal("0.1.0", CniNetworkList.Parse("""{"name":"n","type":"p"}""", "x").Version);

    [Theory]
    [InlineData("10M", 10_000_000UL)]
    [InlineData("1.5Gi", 1_610_612_736UL)]
    [InlineData("100", 100UL)]
    [InlineData("1k", 1000UL)]
    public void Quantities_are_read(string text, ulong expected) => Assert.Equal(expected, CniRuntimeConfig.Quantity(text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-5M")]
    [InlineData("5X")]
    [InlineData("1..2M")]
    [InlineData("99999999999999999999999999999999T")]
    public void What_is_no_quantity_is_left_out(string text) => Assert.Null(CniRuntimeConfig.Quantity(text));

    [Fact]
    public void Old_results_and_addresses_of_the_hosts_side_are_understood()
    {
        string[] old = [.. CniResult.Parse("""{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"},"ip6":{"ip":"fd00::5/64"}}""", "p").Addresses];
        Assert.Equal(["10.0.0.5", "fd00::5"], old);

        string[] sides = [.. CniResult.Parse(
            """{"interfaces":[{"name":"veth","sandbox":""},{"name":"eth0","sandbox":"/x"}],"ips":[{"address":"10.0.0.1/24","interface":0},{"address":"10.0.0.6/24","interface":1}]}""",
            "p").Addresses];
        Assert.Equal(["10.0.0.6"], sides);
    }
}
