using System.Text;
using System.Text.Json;
using Keelson.Linux;
using Keelson.Sandboxes.Cdi;

namespace Keelson.PodSandbox.Tests.Cdi;

public sealed class CdiFileReaderTests
{
    private const string Json = """
        {
          "cdiVersion": "0.7.0", "kind": "v.com/c", "annotations": { "note": "x" },
          "devices": [ { "name": "0", "annotations": { "a": "b" }, "containerEdits": {
            "deviceNodes": [ { "path": "/dev/a", "hostPath": "/dev/b", "type": "c", "major": 10, "minor": 229, "fileMode": 432, "permissions": "rw", "uid": 1, "gid": 2 } ],
            "hooks": [ { "hookName": "createContainer", "path": "/bin/hook", "args": ["hook", "x"], "env": ["A=1"], "timeout": 5 } ],
            "additionalGids": [44], "intelRdt": { "closID": "x", "enableCMT": true } } } ],
          "containerEdits": { "env": ["A=b=c"], "mounts": [ { "hostPath": "/h", "containerPath": "/g", "type": "bind", "options": ["ro", "nosuid"] } ] }
        }
        """;

    private const string Yaml = """
        # As vendors' tools write it.
        cdiVersion: 0.7.0
        kind: v.com/c
        annotations: { note: x }
        devices:
        - name: 0
          annotations:
            a: b
          containerEdits:
            env:
            deviceNodes:
            - { path: /dev/a, hostPath: /dev/b, type: c, major: 10, minor: 0xe5, fileMode: 0660, permissions: rw, uid: 1, gid: 2 }
            hooks:
            - hookName: createContainer
              path: /bin/hook
              args: [hook, x]
              env: ["A=1"]
              timeout: 5
            additionalGids: [44]
            intelRdt: { closID: x, enableCMT: true }
        containerEdits:
          env: [A=b=c]
          mounts:
          - hostPath: /h
            containerPath: /g
            type: bind
            options: &options [ro, nosuid]
        """;

    public static TheoryData<string, string> BadFiles => new()
    {
        { "expected an object", "null" },
        { "$", "" },
        { "$", "[" },
        { "cdiVersion '' is not one of 0.3.0, 0.4.0, 0.5.0, 0.6.0, 0.7.0, 0.8.0, 1.0.0", """{"kind":"v.com/c"}""" },
        { "cdiVersion '1.1.0'", """{"cdiVersion":"1.1.0","kind":"v.com/c"}""" },
        { "kind 'v.com'", """{"cdiVersion":"1.0.0","kind":"v.com"}""" },
        { "surprise", """{"cdiVersion":"1.0.0","kind":"v.com/c","surprise":1}""" },
        { "$.devices[0].containerEdits.deviceNodes[0].major", Device("""{"deviceNodes":[{"path":"/dev/a","major":"x"}]}""") },
        { "device '-a'", Device("""{"env":["A=b"]}""", "-a") },
        { "device 'a' is there twice", """{"cdiVersion":"1.0.0","kind":"v.com/c","devices":[{"name":"a","containerEdits":{"env":["A=b"]}},{"name":"a","containerEdits":{"env":["A=b"]}}]}""" },
        { "null is not a device", """{"cdiVersion":"1.0.0","kind":"v.com/c","devices":[null]}""" },
        { "device 'a': no containerEdits", Device("{}") },
        { "'=b' is not a variable", Device("""{"env":["=b"]}""") },
        { "'A' is not a variable", Device("""{"env":["A"]}""") },
        { "device node '../a': expected an absolute path", Device("""{"deviceNodes":[{"path":"../a"}]}""") },
        { "device node '/dev/../a': expected an absolute path", Device("""{"deviceNodes":[{"path":"/dev/../a"}]}""") },
        { "hostPath 'a'", Device("""{"deviceNodes":[{"path":"/dev/a","hostPath":"a"}]}""") },
        { "type 'x' is not b, c, u or p", Device("""{"deviceNodes":[{"path":"/dev/a","type":"x"}]}""") },
        { "-1:0 is not a device number", Device("""{"deviceNodes":[{"path":"/dev/a","major":-1}]}""") },
        { "1:1048576 is not a device number", Device("""{"deviceNodes":[{"path":"/dev/a","major":1,"minor":1048576}]}""") },
        { "permissions 'rx' are not letters of rwm", Device("""{"deviceNodes":[{"path":"/dev/a","permissions":"rx"}]}""") },
        { "null is not a node", Device("""{"deviceNodes":[null]}""") },
        { "mount at '/a/../..'", Device("""{"mounts":[{"hostPath":"/h","containerPath":"/a/../.."}]}""") },
        { "mount at '/g': no hostPath", Device("""{"mounts":[{"containerPath":"/g"}]}""") },
        { "hook 'sometime' is not one of the runtime-spec's", Device("""{"hooks":[{"hookName":"sometime","path":"/x"}]}""") },
        { "hook 'prestart': no path", Device("""{"hooks":[{"hookName":"prestart"}]}""") },
        { "intelRdt needs 0.7.0", Device("""{"intelRdt":{}}""", version: "0.6.0") },
        { "additionalGids needs 0.7.0", Device("""{"additionalGids":[1]}""", version: "0.6.0") },
        { "annotations needs 0.6.0", """{"cdiVersion":"0.5.0","kind":"v.com/c","annotations":{"a":"b"}}""" },
        { "a class with a dot needs 0.6.0", """{"cdiVersion":"0.5.0","kind":"v.com/c.d"}""" },
        { "begins with a digit needs 0.5.0", Device("""{"env":["A=b"]}""", "0", "0.4.0") },
        { "hostPath of a device node needs 0.5.0", Device("""{"deviceNodes":[{"path":"/dev/a","hostPath":"/dev/b"}]}""", version: "0.4.0") },
        { "the type of a mount needs 0.4.0", Device("""{"mounts":[{"hostPath":"/h","containerPath":"/g","type":"bind"}]}""", version: "0.3.0") },
    };

    public static TheoryData<string, string> BadYaml => new()
    {
        { "line 2", "a: b\n  c: d" },
        { "expected one document, not 0", "" },
        { "expected one document, not 2", "a: b\n---\nc: d" },
        { "expected a name", "? [a]\n: b" },
        { "more than 32 levels", new string('[', 200_000) },
        { "too deep or too large", "a: &a\n  b: *a" },
        { "too deep or too large", Bomb() },
    };

    [Fact]
    public void Json_and_yaml_say_the_same()
    {
        CdiDocument json = Parse(Json);
        Assert.Equal(JsonSerializer.Serialize(json, CdiJson.Default.CdiDocument).Replace("true", "\"true\"", StringComparison.Ordinal), JsonSerializer.Serialize(Parse(Yaml, ".yaml"), CdiJson.Default.CdiDocument));
        CdiDeviceNode node = Assert.Single(Assert.Single(json.Devices).ContainerEdits.DeviceNodes);
        Assert.Equal(
            new CdiDeviceNode { Path = "/dev/a", HostPath = "/dev/b", Type = "c", Major = 10, Minor = 229, FileMode = 432, Permissions = "rw", Uid = 1, Gid = 2 }, node);
        Assert.Equal("A=b=c", Assert.Single(json.ContainerEdits.Env));
        Assert.Equal(["ro", "nosuid"], Assert.Single(json.ContainerEdits.Mounts).Options);
        Assert.Equal([44u], json.Devices[0].ContainerEdits.AdditionalGids);
    }

    [Theory]
    [InlineData("0.3.0")]
    [InlineData("0.4.0")]
    [InlineData("0.5.0")]
    [InlineData("0.6.0")]
    [InlineData("0.7.0")]
    [InlineData("0.8.0")]
    [InlineData("1.0.0")]
    public void Every_version_is_read(string version) =>
        Assert.Equal("a", Assert.Single(Parse(Device("""{"env":["A=b"],"mounts":null}""", version: version)).Devices).Name);

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_bad_file_says_what_is_wrong(string expected, string text) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(BadYaml))]
    public void Yaml_that_no_specification_is_says_what_is_wrong(string expected, string text) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Parse(text, ".yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_above_the_bound_and_one_that_is_no_file_are_not_opened()
    {
        var large = new CdiFileStamp("/no/such/file.json", FileKind.Regular, CdiFileReader.MaxBytes + 1, default, 1);
        Assert.Contains("larger than 4 MiB", Assert.Throws<FormatException>(() => CdiFileReader.Read(large)).Message, StringComparison.Ordinal);
        var fifo = new CdiFileStamp("/no/such/file.json", FileKind.Fifo, 0, default, 1);
        Assert.Contains("not a regular file", Assert.Throws<FormatException>(() => CdiFileReader.Read(fifo)).Message, StringComparison.Ordinal);
    }

    private static string Device(string edits, string name = "a", string version = "1.0.0") =>
        $$$"""{"cdiVersion":"{{{version}}}","kind":"v.com/c","devices":[{"name":"{{{name}}}","containerEdits":{{{edits}}}}]}""";

    /// <summary>A kilobyte that stands for ten to the ninth texts.</summary>
    private static string Bomb()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        return text.ToString();
    }

    private static CdiDocument Parse(string text, string extension = ".json") => CdiFileReader.Parse(Encoding.UTF8.GetBytes(text), extension);
}
