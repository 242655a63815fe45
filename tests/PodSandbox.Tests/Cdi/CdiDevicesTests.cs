using Keelson.Core;
using Keelson.Oci.Spec;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cdi;

namespace Keelson.PodSandbox.Tests.Cdi;

public sealed class CdiDevicesTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly CollectedLog _log = new();
    private readonly HostPath _first;
    private readonly HostPath _second;
    private readonly CdiDevices _devices;

    public CdiDevicesTests()
    {
        _first = _files.Path.Child("first");
        _second = _files.Path.Child("second");
        _devices = new CdiDevices([_first, _second], _log);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Nothing_is_read_for_a_container_without_devices()
    {
        Write(_first, "bad.json", "{");
        Assert.Null(_devices.Resolve(Samples.Container()));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Edits_of_a_file_come_once_and_before_those_of_its_first_device()
    {
        Write(_first, "a.json", Spec("v.com/a", "F=a", ("x", "D=ax"), ("y", "D=ay")));
        Write(_second, "b.json", Spec("v.com/b", "F=b", ("x", "D=bx")));
        Assert.Equal("F=a D=ay F=b D=bx D=ax", Environment("v.com/a=y", "v.com/b=x", "v.com/a=x"));
    }

    [Fact]
    public void The_later_directory_wins()
    {
        Write(_second, "a.json", Spec("v.com/a", null, ("x", "FROM=second")));
        Write(_first, "z.json", Spec("v.com/a", null, ("x", "FROM=first"), ("y", "FROM=first")));
        Assert.Equal("FROM=second", Environment("v.com/a=x"));
        Assert.Equal("FROM=first", Environment("v.com/a=y"));
    }

    [Fact]
    public void Two_files_of_one_directory_that_define_a_device_take_it_from_everybody_and_no_other()
    {
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=a"), ("y", "A=y")));
        Write(_first, "b.json", Spec("v.com/a", null, ("x", "A=b")));

        string message = Fails(ErrorKind.InvalidArgument, "v.com/a=y", "v.com/a=x");

        Assert.Contains($"unresolvable CDI devices v.com/a=x (defined by {_first}/a.json and {_first}/b.json):", message, StringComparison.Ordinal);
        Assert.Equal("A=y", Environment("v.com/a=y"));
        Assert.Contains("v.com/a=x", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Write(_second, "c.json", Spec("v.com/a", null, ("x", "A=c")));
        Assert.Equal("A=c", Environment("v.com/a=x"));
    }

    [Fact]
    public void An_unknown_device_is_refused_with_its_name_and_the_directories()
    {
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=b")));
        Assert.Equal(
            $"unresolvable CDI devices v.com/a=y, w.com/a=x: looked in {_first}, {_second}", Fails(ErrorKind.InvalidArgument, "v.com/a=y", "v.com/a=x", "w.com/a=x"));
    }

    [Fact]
    public void A_bad_file_is_logged_once_and_the_others_count()
    {
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=b")));
        Write(_first, "bad.json", "{\"cdiVersion\":\"9\"}");
        Write(_first, "worse.yaml", "\t- a: [");
        Write(_first, "README.md", "not looked at");

        Assert.Equal("A=b", Environment("v.com/a=x"));
        Assert.Equal("A=b", Environment("v.com/a=x"));

        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains(_log.Lines, line => line.StartsWith($"Warning 7070 CDI file '{_first}/bad.json' is left out: kind ''", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.StartsWith($"Warning 7070 CDI file '{_first}/worse.yaml' is left out: line ", StringComparison.Ordinal));
        Write(_first, "bad.json", Spec("v.com/a", null, ("mended", "A=c")));
        Assert.Equal("A=c", Environment("v.com/a=mended"));
    }

    [Fact]
    public void Files_that_come_change_and_go_are_noticed_also_in_a_directory_made_anew()
    {
        Fails(ErrorKind.InvalidArgument, "v.com/a=x");
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=1")));
        Assert.Equal("A=1", Environment("v.com/a=x"));
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=22")));
        Assert.Equal("A=22", Environment("v.com/a=x"));
        Directory.Delete(_first.Value, recursive: true);
        Fails(ErrorKind.InvalidArgument, "v.com/a=x");
        Write(_first, "a.json", Spec("v.com/a", null, ("x", "A=3")));
        Assert.Equal("A=3", Environment("v.com/a=x"));
    }

    [Fact]
    public void A_link_to_a_file_counts_and_so_does_a_change_behind_it()
    {
        string target = Write(_files.Path.Child("elsewhere"), "real.json", Spec("v.com/a", null, ("x", "A=1")));
        Directory.CreateDirectory(_first.Value);
        File.CreateSymbolicLink($"{_first}/link.json", target);
        Assert.Equal("A=1", Environment("v.com/a=x"));
        Write(_files.Path.Child("elsewhere"), "real.json", Spec("v.com/a", null, ("x", "A=22")));
        Assert.Equal("A=22", Environment("v.com/a=x"));
    }

    [Fact]
    public void More_files_than_the_bound_are_left_out_and_the_log_says_so()
    {
        for (int i = 0; i <= CdiDirectory.MaxFiles; i++)
        {
            Write(_first, $"{i:D4}.json", Spec("v.com/a", null, ($"x{i}", "A=b")));
        }

        Assert.Equal("A=b", Environment("v.com/a=x999"));
        Fails(ErrorKind.InvalidArgument, "v.com/a=x1000");
        Assert.Contains("1001 files", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"hooks":[{"hookName":"createContainer","path":"/usr/bin/hook"}]}""", "hook 'createContainer' (/usr/bin/hook)")]
    [InlineData("""{"intelRdt":{"closID":"x"}}""", "intelRdt")]
    public void What_is_not_there_yet_is_refused_by_name_wherever_the_file_says_it(string edits, string expected)
    {
        Write(_first, "device.json", Edits("v.com/a", edits));
        Write(_first, "file.json", $$$"""{"cdiVersion":"1.0.0","kind":"v.com/b","containerEdits":{{{edits}}},"devices":[{"name":"x","containerEdits":{"env":["A=b"]}}]}""");
        foreach (string name in new[] { "v.com/a=x", "v.com/b=x" })
        {
            string message = Fails(ErrorKind.Unimplemented, name);
            Assert.Contains(name, message, StringComparison.Ordinal);
            Assert.Contains(expected, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_directories_a_device_is_refused_and_a_container_without_one_is_not()
    {
        var off = new CdiDevices([], _log);
        Assert.Null(off.Resolve(Samples.Container()));
        KeelsonException failure = Assert.Throws<KeelsonException>(() => off.Resolve(Request("v.com/a=x")));
        Assert.Equal(ErrorKind.Unimplemented, failure.Kind);
        Assert.Contains("cdi.spec_dirs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_node_leaves_out_is_the_hosts()
    {
        Write(_first, "a.json", Edits("v.com/a", """
            {"deviceNodes":[
              {"path":"/dev/null"},
              {"path":"/dev/other","hostPath":"/dev/zero","permissions":"r","fileMode":384,"uid":5},
              {"path":"/dev/numbers","type":"b","major":7,"minor":9,"permissions":"none"},
              {"path":"/dev/unbuffered","type":"u","major":1,"minor":7},
              {"path":"/dev/fifo","type":"p"}]}
            """));
        CdiInjection injection = _devices.Resolve(Request("v.com/a=x"))!;
        Assert.Equal<DeviceSpec>(
        [
            new DeviceSpec { Path = "/dev/null", Type = "c", Major = 1, Minor = 3 },
            new DeviceSpec { Path = "/dev/other", Type = "c", Major = 1, Minor = 5, FileMode = 384, Uid = 5 },
            new DeviceSpec { Path = "/dev/numbers", Type = "b", Major = 7, Minor = 9 },
            new DeviceSpec { Path = "/dev/unbuffered", Type = "c", Major = 1, Minor = 7 },
            new DeviceSpec { Path = "/dev/fifo", Type = "p" },
        ],
            injection.Devices);
        Assert.Equal<DeviceRuleSpec>(
        [
            new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 3, Access = "rwm" },
            new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 5, Access = "r" },
            new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 7, Access = "rwm" },
        ],
            injection.DeviceRules);
    }

    [Theory]
    [InlineData("""{"path":"/dev/no-such-device"}""", ErrorKind.NotFound, "no such file")]
    [InlineData("""{"path":"/dev/x","hostPath":"/etc/passwd"}""", ErrorKind.InvalidArgument, "not a device")]
    [InlineData("""{"path":"/dev/null","type":"b"}""", ErrorKind.InvalidArgument, "of type b, the host's of type c")]
    public void A_node_that_the_host_lacks_is_refused_with_device_and_file(string node, ErrorKind kind, string expected)
    {
        Write(_first, "a.json", Edits("v.com/a", $$"""{"deviceNodes":[{{node}}]}"""));
        string message = Fails(kind, "v.com/a=x");
        Assert.StartsWith($"CDI device 'v.com/a=x' ({_first}/a.json): ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mount_is_a_bind_mount_unless_it_says_another_type()
    {
        Write(_first, "a.json", Edits("v.com/a", """
            {"mounts":[
              {"hostPath":"/a","containerPath":"/x//y/"},
              {"hostPath":"/b","containerPath":"/b","options":["bind","ro"]},
              {"hostPath":"tmpfs","containerPath":"/c","type":"tmpfs","options":["size=1m"]}],
             "additionalGids":[0,44]}
            """));
        CdiInjection injection = _devices.Resolve(Request("v.com/a=x"))!;
        Assert.Equal(
            "bind /a /x/y rbind; bind /b /b bind,ro; tmpfs tmpfs /c size=1m",
            string.Join("; ", injection.Mounts.Select(mount => $"{mount.Type} {mount.Source} {mount.Destination} {string.Join(',', mount.Options)}")));
        Assert.Equal<uint>([44], injection.AdditionalGids);
    }

    private static ContainerConfig Request(params string[] names) => Samples.Container() with { CdiDevices = [.. names] };

    private static string Edits(string kind, string edits) =>
        $$$"""{"cdiVersion":"1.0.0","kind":"{{{kind}}}","devices":[{"name":"x","containerEdits":{{{edits}}}}]}""";

    private static string Spec(string kind, string? variable, params (string Name, string Variable)[] devices)
    {
        IEnumerable<string> written = devices.Select(device => $$$"""{"name":"{{{device.Name}}}","containerEdits":{"env":["{{{device.Variable}}}"]}}""");
        string global = variable is null ? "" : $"\"{variable}\"";
        return $$"""{"cdiVersion":"0.6.0","kind":"{{kind}}","containerEdits":{"env":[{{global}}]},"devices":[{{string.Join(',', written)}}]}""";
    }

    private static string Write(HostPath directory, string name, string text)
    {
        Directory.CreateDirectory(directory.Value);
        string path = directory.Child(name).Value;
        File.WriteAllText(path, text);
        return path;
    }

    private string Environment(params string[] names) => string.Join(' ', _devices.Resolve(Request(names))!.Environment);

    private string Fails(ErrorKind kind, params string[] names)
    {
        KeelsonException failure = Assert.Throws<KeelsonException>(() => _devices.Resolve(Request(names)));
        Assert.Equal(kind, failure.Kind);
        return failure.Message;
    }
}
