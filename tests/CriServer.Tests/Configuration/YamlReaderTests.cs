using Keelson.CriServer.Configuration;

namespace Keelson.CriServer.Tests.Configuration;

public sealed class YamlReaderTests
{
    [Fact]
    public void Every_kind_of_value_is_read_with_its_line()
    {
        var values = Read("""
            root: /data
            log:
              level: debug
            cni:
              bin_dirs: [/a, /b]
            images:
              concurrent_layers: 8
              progress_timeout: 500ms
            registries:
              docker.io:
                mirrors:
                  - http://mirror.local:5000
                plain_http: true
            """);
        Assert.Equal(
            [
                "root=/data @1", "log.level=debug @3", "cni.bin_dirs=/a,/b @5", "images.concurrent_layers=8 @7", "images.progress_timeout=500ms @8",
                "registries.docker.io.mirrors=http://mirror.local:5000 @12", "registries.docker.io.plain_http=true @13",
            ],
            values.Select(v => $"{string.Join('.', v.Path)}={string.Join(',', v.Texts)} @{v.Origin.Line}"));
    }

    [Theory]
    [InlineData("rot: /data", "c.yaml:1: unknown key 'rot'; did you mean 'root'?")]
    [InlineData("log:\n  levle: info", "c.yaml:2: unknown key 'log.levle'; did you mean 'level'?")]
    [InlineData("log:\n  colour: red", "c.yaml:2: unknown key 'log.colour'; known here: level, format")]
    [InlineData("registries:\n  docker.io:\n    mirror: []", "c.yaml:3: unknown key 'registries.docker.io.mirror'; did you mean 'mirrors'?")]
    [InlineData("log: info", "c.yaml:1: 'log' is a section: expected keys below it")]
    [InlineData("root: [/a]", "c.yaml:1: 'root': expected one value, not a list")]
    [InlineData("root:\n  a: b", "c.yaml:2: 'root': expected one value")]
    [InlineData("cni:\n  bin_dirs: /a", "c.yaml:2: 'cni.bin_dirs': expected a list")]
    [InlineData("root: data", "c.yaml:1: 'root': expected an absolute path without '.' and '..', not 'data'")]
    [InlineData("root: /a/../b", "c.yaml:1: 'root': expected an absolute path without '.' and '..', not '/a/../b'")]
    [InlineData("log:\n  level: loud", "c.yaml:2: 'log.level': expected one of trace, debug, info, warn, error, not 'loud'")]
    [InlineData("images:\n  concurrent_layers: 0", "c.yaml:2: 'images.concurrent_layers': expected a whole number from 1 to 64, not '0'")]
    [InlineData("images:\n  connect_timeout: 10", "c.yaml:2: 'images.connect_timeout': expected a duration such as 500ms, 30s, 5m or 1h, not '10'")]
    [InlineData("registries:\n  x:\n    plain_http: yes", "c.yaml:3: 'registries.x.plain_http': expected true or false, not 'yes'")]
    [InlineData("registries:\n  x:\n    mirrors: [ftp://x]", "c.yaml:3: 'registries.x.mirrors': expected an address that begins with http:// or https://, not 'ftp://x'")]
    [InlineData("- a", "c.yaml:1: expected keys and values")]
    [InlineData("? [a]\n: b", "c.yaml:1: expected a name")]
    [InlineData("root: /a\n---\nroot: /b", "c.yaml:3: expected one document")]
    public void A_mistake_is_named_with_file_and_line(string yaml, string expected)
    {
        Assert.Equal([expected], Assert.Throws<ConfigurationException>(() => Read(yaml)).Mistakes);
    }

    [Theory]
    [InlineData("a: b: c")]
    [InlineData("a: [")]
    [InlineData("root: /a\nroot: /b")]
    [InlineData("\t- x")]
    public void What_is_no_YAML_is_a_mistake_with_its_line(string yaml)
    {
        string mistake = Assert.Single(Assert.Throws<ConfigurationException>(() => Read(yaml)).Mistakes);
        Assert.Matches(@"^c\.yaml:\d+: ", mistake);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_named_at_once()
    {
        var e = Assert.Throws<ConfigurationException>(() => Read("rot: 1\nlog:\n  level: x\nsocket: y"));
        Assert.Equal(3, e.Mistakes.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("log:\nsocket:\n")]
    public void A_file_that_says_nothing_changes_nothing(string yaml)
    {
        Assert.Empty(Read(yaml));
    }

    private static IReadOnlyList<SettingValue> Read(string yaml)
    {
        using var text = new StringReader(yaml);
        return YamlReader.Read("c.yaml", text);
    }
}
