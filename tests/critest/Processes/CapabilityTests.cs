using System.Globalization;

namespace Keelson.CriTest.Processes;

public sealed class CapabilityTests(CriTarget target) : CriTest(target)
{
    private const int Chown = 0;
    private const int NetBindService = 10;
    private const int NetAdmin = 12;
    private const int SysAdmin = 21;
    private const int SysTime = 25;

    [Fact]
    public async Task The_default_set_is_the_one_images_expect()
    {
        ulong effective = await SetAsync("CapEff", _ => { });

        Assert.True(Has(effective, Chown));
        Assert.True(Has(effective, NetBindService));
        Assert.False(Has(effective, SysAdmin));
        Assert.False(Has(effective, NetAdmin));
        Assert.False(Has(effective, SysTime));
    }

    [Fact]
    [Trait("CVE", "2022-29162")]
    [Trait("CVE", "2022-27650")]
    [Trait("CVE", "2022-27652")]
    [Trait("CVE", "2022-24769")]
    public async Task Nothing_is_inheritable()
    {
        Assert.Equal(0UL, await SetAsync("CapInh", _ => { }));
    }

    [Fact]
    [Trait("CVE", "2022-29162")]
    [Trait("CVE", "2022-27650")]
    public async Task Nothing_is_inheritable_in_a_command_either()
    {
        string id = await StartSleeperAsync(await RunHostNetworkPodAsync(), config =>
            config.Linux.SecurityContext.Capabilities = new() { AddCapabilities = { "NET_ADMIN" } });

        Assert.Equal("CapInh:\t0000000000000000", await OutputOfAsync(id, "grep CapInh /proc/self/status"));
    }

    [SkippableTheory]
    [InlineData("NET_ADMIN")]
    [InlineData("CAP_NET_ADMIN")]
    public async Task One_is_added(string name)
    {
        if (name.StartsWith("CAP_", StringComparison.Ordinal))
        {
            SkipOn("containerd", "1.6 puts a second prefix before it and ignores the result");
        }

        ulong effective = await SetAsync("CapEff", context => context.Capabilities = new() { AddCapabilities = { name } });

        Assert.True(Has(effective, NetAdmin));
        Assert.True(Has(effective, Chown));
    }

    [Fact]
    public async Task One_is_dropped_from_every_set()
    {
        ulong bounding = await SetAsync("CapBnd", context => context.Capabilities = new() { DropCapabilities = { "CHOWN" } });

        Assert.False(Has(bounding, Chown));
        Assert.True(Has(bounding, NetBindService));
    }

    [Fact]
    public async Task All_are_dropped_and_one_is_added()
    {
        ulong effective = await SetAsync("CapEff", context =>
            context.Capabilities = new() { DropCapabilities = { "ALL" }, AddCapabilities = { "NET_BIND_SERVICE" } });

        Assert.Equal(1UL << NetBindService, effective);
    }

    [Fact]
    public async Task A_user_who_is_not_root_has_none_in_effect()
    {
        Assert.Equal(0UL, await SetAsync("CapEff", context => context.RunAsUser = new() { Value = 1000 }));
    }

    [SkippableFact]
    public async Task An_unknown_one_is_refused()
    {
        SkipOn("containerd", "runc 1.1 only warns");
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("true"), config =>
            config.Linux.SecurityContext.Capabilities = new() { AddCapabilities = { "NO_SUCH_CAPABILITY" } }));
    }

    private static bool Has(ulong set, int capability) => (set & (1UL << capability)) != 0;

    private async Task<ulong> SetAsync(string name, Action<Cri.LinuxContainerSecurityContext> change)
    {
        Pod pod = await RunHostNetworkPodAsync();
        string text = (await RunAsync(pod, $"grep {name} /proc/self/status", config => change(config.Linux.SecurityContext))).Text;
        return ulong.Parse(text.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
