using Keelson.Core;
using Keelson.CriServer.Configuration;
using Keelson.CriServer.Tests.Support;
using Keelson.Oci.Spec;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void The_printed_default_is_valid_and_says_what_is_the_default_anyway()
    {
        Settings printed = ConfigurationLoader.Load(_directory.Write("config.yaml", ConfigurationPrinter.Default()));
        Assert.Equal(Values(new Settings([])), Values(printed));
        Assert.All(Schema.Settings, s => Assert.Contains($"{s.Parts[^1]}:", ConfigurationPrinter.Default(), StringComparison.Ordinal));
    }

    [Fact]
    public void The_printed_example_of_a_registry_is_valid_when_uncommented()
    {
        string[] lines = ConfigurationPrinter.Default().Split('\n');
        int begin = Array.FindIndex(lines, l => l == "# registries:");
        string example = string.Join('\n', lines[begin..].Where(l => l.StartsWith("# ", StringComparison.Ordinal)).Select(l => l[2..]));
        Settings settings = ConfigurationLoader.Load(_directory.Write("config.yaml", example));
        Assert.Equal(["registry.example.com"], settings.NamesBelow("registries"));
    }

    [Fact]
    public void A_handler_is_an_OCI_runtime_with_a_root_of_its_own()
    {
        KeelsonOptions options = KeelsonOptions.From(ConfigurationLoader.Load(_directory.Write(
            "config.yaml", "state: /run/k\nruntimes:\n  crun:\n    path: /usr/bin/crun\n    options: [--debug]\n    annotations: [run.oci.*]\n")));
        RuntimeHandler handler = Assert.Single(options.RuntimeHandlers).Value;
        Assert.Equal(("crun", "/usr/bin/crun", "/run/k/oci/crun"), (handler.Name, handler.Runtime.Program.Value, handler.Runtime.Root.Value));
        Assert.Equal(["--debug"], handler.Runtime.Options.ToArray());
        Assert.Equal(["run.oci.*"], handler.Annotations.ToArray());
    }

    [Theory]
    [InlineData("runtimes:\n  crun:\n    root: /x", "'runtimes.crun': no path of its program")]
    [InlineData("runtimes:\n  ../x:\n    path: /x", "'runtimes.../x': a handler's name has lower-case letters, digits and '-', at most 63")]
    public void A_handler_that_cannot_be_is_refused_by_name(string text, string message) => Assert.Equal(
        message,
        Assert.Throws<KeelsonException>(() => KeelsonOptions.From(ConfigurationLoader.Load(_directory.Write("config.yaml", text)))).Message);

    [Fact]
    public void Drop_ins_win_in_order_of_name_and_the_dump_says_where_each_value_stands()
    {
        string file = _directory.Write("config.yaml", "log:\n  level: warn\n  format: json\n");
        _directory.Write("config.d/20-b.yaml", "\nlog:\n  level: error\n");
        _directory.Write("config.d/10-a.yaml", "log:\n  level: debug\ncni:\n  bin_dirs: [/x]\n");
        _directory.Write("config.d/30-c.yaml.off", "nonsense: 1");
        string dump = ConfigurationPrinter.Effective(ConfigurationLoader.Load(file));
        Assert.Contains($"  level: error  # {_directory.Path}/config.d/20-b.yaml:3\n", dump, StringComparison.Ordinal);
        Assert.Contains($"  format: json  # {file}:3\n", dump, StringComparison.Ordinal);
        Assert.Contains($"  bin_dirs: [/x]  # {_directory.Path}/config.d/10-a.yaml:4\n", dump, StringComparison.Ordinal);
        Assert.Contains("root: /var/lib/keelson  # default\n", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_is_a_configuration_with_the_same_values()
    {
        Settings settings = ConfigurationLoader.Load(_directory.Write("config.yaml", """
            images: { pinned: ["docker.io/library/*", "a b: \"c\" \\d"] }
            registries:
              b.example: { plain_http: true }
              localhost:5000: { mirrors: [http://m:1, https://m:2] }
            """));
        string dump = ConfigurationPrinter.Effective(settings);
        Settings again = ConfigurationLoader.Load(_directory.Write("again/config.yaml", dump));
        Assert.Equal(Values(settings), Values(again));
    }

    [Fact]
    public void Typed_options_hold_what_the_files_say()
    {
        KeelsonOptions options = KeelsonOptions.From(ConfigurationLoader.Load(_directory.Write("config.yaml", """
            root: /r/
            state: /s
            cgroup_parent: /k
            shutdown_timeout: 1500ms
            log: { level: trace, format: json }
            cni: { conf_dir: /c, bin_dirs: [/p, /q], add_timeout: 2m, del_timeout: 3s }
            cdi: { spec_dirs: [/d, /e] }
            containers: { default_rlimits: [nofile=5:6, core=unlimited] }
            images: { concurrent_layers: 2, connect_timeout: 1s, progress_timeout: 2s, pinned: [a, b*] }
            registries: { docker.io: { mirrors: [https://m], skip_tls_verify: true, certificate_authorities: /ca.pem } }
            """)));
        Assert.Equal("/r /s /s/keelson.sock /k 1.5 Trace True /c /p,/q 120 3 2 1 2 a,b*", string.Join(' ',
            options.Root, options.State, options.Socket, options.CgroupParent, options.ShutdownTimeout.TotalSeconds, options.LogLevel,
            options.LogAsJson, options.CniConfigurationDirectory, string.Join(',', options.CniPluginDirectories), options.CniAddTimeout.TotalSeconds, options.CniDelTimeout.TotalSeconds,
            options.ConcurrentLayers, options.ConnectTimeout.TotalSeconds, options.ProgressTimeout.TotalSeconds, string.Join(',', options.PinnedImages)));
        Assert.Equal(["/d", "/e"], options.CdiSpecDirectories.Select(directory => directory.Value));
        Assert.Equal<RlimitSpec>([new RlimitSpec("RLIMIT_NOFILE", 5, 6), new RlimitSpec("RLIMIT_CORE", ulong.MaxValue, ulong.MaxValue)], options.DefaultRlimits);
        var registry = options.Registries["docker.io"];
        Assert.Equal("https://m/ False True /ca.pem", $"{Assert.Single(registry.Mirrors)} {registry.PlainHttp} {registry.SkipTlsVerify} {registry.CertificateAuthorities}");
    }

    [Theory]
    [InlineData("nofile")]
    [InlineData("nofile=")]
    [InlineData("nofile=2:1")]
    [InlineData("nofile=unlimited:1")]
    [InlineData("nofile=-1")]
    [InlineData("nofile=1:2:3")]
    [InlineData("nofile=18446744073709551615")]
    [InlineData("NOFILE=1")]
    [InlineData("files=1")]
    public void A_limit_that_is_none_is_a_mistake_with_its_line(string limit)
    {
        string file = _directory.Write("config.yaml", $"containers:\n  default_rlimits: [\"core=1\", \"{limit}\"]\n");
        string mistake = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(file)).Mistakes);
        Assert.StartsWith($"{file}:2: ", mistake, StringComparison.Ordinal);
        Assert.Contains("nofile=1024:524288", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/etc/cdi /var/run/cdi")]
    [InlineData("cdi: { spec_dirs: [] }", "")]
    public void Directories_of_devices_have_a_default_that_an_empty_list_takes_away(string text, string expected) => Assert.Equal(
        expected, string.Join(' ', KeelsonOptions.From(ConfigurationLoader.Load(_directory.Write("config.yaml", text))).CdiSpecDirectories));

    [Fact]
    public void A_named_file_must_exist()
    {
        string missing = $"{_directory.Path}/none.yaml";
        var e = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(missing));
        Assert.Equal([$"{missing}: there is no such file"], e.Mistakes);
    }

    [Fact]
    public void Mistakes_of_several_files_are_named_at_once()
    {
        string file = _directory.Write("config.yaml", "a: 1");
        _directory.Write("config.d/x.yaml", "b: 1");
        Assert.Equal(2, Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(file)).Mistakes.Count);
    }

    public void Dispose() => _directory.Dispose();

    private static string Values(Settings settings) =>
        string.Join('\n', settings.All().Select(v => $"{string.Join('.', v.Path)}={string.Join('|', v.Texts)}"));
}
