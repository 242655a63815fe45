using System.Diagnostics;
using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cni;

namespace Keelson.PodSandbox.Tests.Cni;

public sealed class CniPodNetworkTests : IDisposable
{
    private readonly FakePlugins _plugins = new();
    private readonly string _id = SandboxId.New().Value;

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task Plugins_run_in_order_and_see_the_result_of_the_one_before()
    {
        _plugins.AddGood("first", "10.1.0.2/24", "fd00::2/64");
        _plugins.AddGood("second", "10.1.0.2/24", "fd00::2/64");
        _plugins.ConfigureList(plugins: ["""{"type":"first"}""", """{"type":"second"}"""]);

        string[] addresses = [.. await AttachAsync()];

        Assert.Equal(["10.1.0.2", "fd00::2"], addresses);
        Assert.Equal(2, _plugins.Calls().Count);
        Assert.StartsWith("first ADD eth0 netns=/run/netns/x IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;", _plugins.Calls()[0].Call, StringComparison.Ordinal);
        Assert.Null(_plugins.Calls()[0].Config["prevResult"]);
        Assert.Equal("net", (string?)_plugins.Calls()[0].Config["name"]);
        Assert.NotNull(_plugins.Calls()[1].Config["prevResult"]?["ips"]);
    }

    [Fact]
    public async Task Detach_runs_backwards_with_the_configuration_and_the_result_of_the_attachment()
    {
        _plugins.AddGood("first", "10.1.0.2/24");
        _plugins.AddGood("second", "10.1.0.2/24");
        _plugins.ConfigureList(plugins: ["""{"type":"first"}""", """{"type":"second"}"""]);
        await AttachAsync();
        Directory.Delete(_plugins.Options.ConfigDirectory.Value, recursive: true);

        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);

        string[] calls = [.. _plugins.Calls().Skip(2).Select(call => call.Call[..15])];
        Assert.Equal(["second DEL eth0", "first DEL eth0 "], calls);
        Assert.NotNull(_plugins.Calls()[2].Config["prevResult"]);
        Assert.Contains("netns= ", _plugins.Calls()[2].Call, StringComparison.Ordinal);

        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);
        Assert.Equal(4, _plugins.Calls().Count);
    }

    [Fact]
    public async Task Runtime_arguments_go_only_to_plugins_that_declare_them()
    {
        _plugins.AddGood("plain", "10.1.0.2/24");
        _plugins.AddGood("map", "10.1.0.2/24");
        _plugins.ConfigureList(plugins: ["""{"type":"plain"}""", """{"type":"map","capabilities":{"portMappings":true,"dns":true,"ipRanges":true,"bandwidth":false}}"""]);
        SandboxConfig config = Samples.Sandbox() with { Annotations = Maps.Of([new("kubernetes.io/ingress-bandwidth", "10M")]) };

        await _plugins.Network().AttachAsync(CniAttachment.Of(_id, "/run/netns/x", config, "10.1.0.0/24,fd00::/64")).WaitAsync(Samples.Patience);

        Assert.Null(_plugins.Calls()[0].Config["runtimeConfig"]);
        var runtime = _plugins.Calls()[1].Config["runtimeConfig"]!;
        Assert.Equal(8080, (int)runtime["portMappings"]![0]!["hostPort"]!);
        Assert.Equal("tcp", (string?)runtime["portMappings"]![0]!["protocol"]);
        Assert.Equal("10.96.0.10", (string?)runtime["dns"]!["servers"]![0]);
        Assert.Equal("fd00::/64", (string?)runtime["ipRanges"]![1]![0]!["subnet"]);
        Assert.Null(runtime["bandwidth"]);
    }

    [Fact]
    public async Task A_failing_plugin_is_quoted()
    {
        _plugins.Add("bad", """echo 'noise' >&2; echo '{"cniVersion":"1.0.0","code":11,"msg":"no addresses left","details":"range 10.1.0.0/24"}'; exit 1""");
        _plugins.ConfigureList(plugins: ["""{"type":"bad"}"""]);

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(AttachAsync);

        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        foreach (string part in (string[])["'bad'", "no addresses left", "range 10.1.0.0/24", "code 11", "noise", "CNI ADD"])
        {
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_hanging_plugin_is_killed_with_all_that_it_started()
    {
        string mark = _plugins.Root.Child("alive").Value;
        _plugins.Add("hang", $"(sleep 3; touch '{mark}') & sleep 60");
        _plugins.ConfigureList(plugins: ["""{"type":"hang"}"""]);
        var watch = Stopwatch.StartNew();

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(
            () => _plugins.Network(TimeSpan.FromMilliseconds(300)).AttachAsync(Attachment()).WaitAsync(Samples.Patience));

        Assert.Equal(ErrorKind.DeadlineExceeded, failure.Kind);
        Assert.Contains("killed", failure.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
        await Task.Delay(3500);
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task A_missing_plugin_is_named_with_the_places_searched()
    {
        _plugins.ConfigureList(plugins: ["""{"type":"absent"}"""]);

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(AttachAsync);

        Assert.Contains("'absent'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(_plugins.Options.PluginDirectories[0].Value, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_plugins.Network().Recorded());
        NetworkStatus status = _plugins.Network().Status();
        Assert.False(status.Ready);
        Assert.Contains("absent", status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"ips":[{"address":"nonsense"}]}""")]
    [InlineData("{}")]
    public async Task A_result_without_a_usable_address_fails_the_attachment(string output)
    {
        _plugins.Add("odd", $"echo '{output}'");
        _plugins.ConfigureList(plugins: ["""{"type":"odd"}"""]);
        await Assert.ThrowsAsync<KeelsonException>(AttachAsync);
    }

    [Fact]
    public async Task Output_beyond_the_bound_is_dropped_without_a_hang()
    {
        _plugins.Add("loud", "head -c 8000000 /dev/zero | tr '\\0' x; exit 1");
        _plugins.ConfigureList(plugins: ["""{"type":"loud"}"""]);
        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(AttachAsync);
        Assert.True(failure.Message.Length < 2000);
    }

    [Fact]
    public async Task Detach_accepts_a_plugin_that_does_not_know_the_container()
    {
        _plugins.Add("first", """
            if [ "$CNI_COMMAND" = DEL ]; then echo '{"code":3,"msg":"unknown container"}'; exit 1; fi
            echo '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.2/24"}]}'
            """);
        _plugins.ConfigureList(plugins: ["""{"type":"first"}"""]);
        await AttachAsync();
        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);
        Assert.Empty(_plugins.Network().Recorded());
    }

    [Fact]
    public async Task A_failing_detach_keeps_the_record_for_the_next_try()
    {
        _plugins.AddGood("first", "10.1.0.2/24");
        _plugins.ConfigureList(plugins: ["""{"type":"first"}"""]);
        await AttachAsync();
        _plugins.Add("first", "exit 1");
        await Assert.ThrowsAsync<KeelsonException>(() => _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience));
        Assert.Equal(_id, Assert.Single(_plugins.Network().Recorded()));

        _plugins.AddGood("first", "10.1.0.2/24");
        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);
        Assert.Empty(_plugins.Network().Recorded());
    }

    [Theory]
    [InlineData("uninstalled")]
    [InlineData("without its interpreter")]
    public async Task A_plugin_that_can_not_be_run_fails_the_detach_as_unavailable_until_it_can(string how)
    {
        _plugins.AddGood("first", "10.1.0.2/24");
        _plugins.ConfigureList(plugins: ["""{"type":"first"}"""]);
        await AttachAsync();
        string program = _plugins.Options.PluginDirectories[0].Child("first").Value;
        File.Delete(program);
        if (how != "uninstalled")
        {
            await File.WriteAllTextAsync(program, "#!/no/such/interpreter\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience));

        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("CNI DEL", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'first'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(_id, Assert.Single(_plugins.Network().Recorded()));
        File.Delete(program);
        _plugins.AddGood("first", "10.1.0.2/24");
        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);
        Assert.Empty(_plugins.Network().Recorded());
    }

    [Fact]
    public async Task An_attachment_that_failed_half_way_is_taken_back_by_detach()
    {
        _plugins.AddGood("first", "10.1.0.2/24");
        _plugins.Add("second", "[ \"$CNI_COMMAND\" = DEL ] || exit 1");
        _plugins.ConfigureList(plugins: ["""{"type":"first"}""", """{"type":"second"}"""]);
        await Assert.ThrowsAsync<KeelsonException>(AttachAsync);

        await _plugins.Network().DetachAsync(_id).WaitAsync(Samples.Patience);

        string[] calls = [.. _plugins.Calls().Select(call => string.Join(' ', call.Call.Split(' ')[..2]))];
        Assert.Equal(["first ADD", "second ADD", "second DEL", "first DEL"], calls);
    }

    private Task<System.Collections.Immutable.ImmutableArray<string>> AttachAsync() =>
        _plugins.Network().AttachAsync(Attachment()).WaitAsync(Samples.Patience);

    private CniAttachment Attachment() => CniAttachment.Of(_id, "/run/netns/x", Samples.Sandbox(), string.Empty);
}
