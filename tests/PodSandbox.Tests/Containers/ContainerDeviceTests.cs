using System.Text;
using Keelson.Core;
using Keelson.Oci.Spec;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Containers;

/// <summary>Containers with devices of the Container Device Interface.</summary>
public sealed class ContainerDeviceTests : SandboxTest
{
    [Fact]
    public async Task A_device_that_nobody_defines_is_refused_before_anything_is_made()
    {
        string source = Node.Layout.Pod(Sandbox).Child("source-of-a-mount").Value;

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => Node.CreateAsync(Sandbox, config => config with
        {
            CdiDevices = ["v.com/c=none"],
            Mounts = [new ContainerMount { ContainerPath = "/data", HostPath = source }],
        }));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("v.com/c=none", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Node.Options.CdiSpecDirectories[0].Value, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Node.Runtime.ListContainers(ContainerFilter.All));
        Assert.False(Path.Exists(source));
    }

    [Fact]
    public async Task A_container_keeps_the_devices_it_was_made_with_when_the_file_is_gone_and_the_daemon_another()
    {
        string file = Define("""{"env":["DEVICE=first"],"deviceNodes":[{"path":"/dev/it","hostPath":"/dev/zero"}]}""");
        ContainerId id = await Node.CreateAsync(Sandbox, config => config with { Annotations = Maps.Of([new("cdi.k8s.io/plugin", "v.com/c=it")]) });
        File.Delete(file);

        await Node.RestartAsync();
        await Node.Runtime.StartContainerAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

        RuntimeSpec spec = Node.Plans.LastContainer!.Spec;
        Assert.Equal("first", Encoding.UTF8.GetString(Assert.Single(spec.Process!.Env, entry => entry.Name == "DEVICE").Value.Span));
        Assert.Equal(("c", 1L, 5L), Assert.Single(spec.Linux!.Devices) is var node ? (node.Type, node.Major, node.Minor) : default);
        Assert.Equal((true, 5L), spec.Linux.Resources!.Devices[^1] is var rule ? (rule.Allow, rule.Minor) : default);
    }

    private string Define(string edits)
    {
        string directory = Node.Options.CdiSpecDirectories[0].Value;
        Directory.CreateDirectory(directory);
        string file = $"{directory}/v.json";
        File.WriteAllText(file, $$$"""{"cdiVersion":"0.6.0","kind":"v.com/c","devices":[{"name":"it","containerEdits":{{{edits}}}}]}""");
        return file;
    }
}
