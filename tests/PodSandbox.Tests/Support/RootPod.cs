using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Keelson.PodSandbox.Tests;

/// <summary>
/// A runtime on the real kernel, with the real shim, in directories and cgroups of its own, and an image made of
/// Debian's static busybox.
/// </summary>
internal sealed class RootPod : IAsyncDisposable
{
    private const string Busybox = "/bin/busybox";

    private readonly TemporaryDirectory _directory = new();
    private readonly CollectedLog _log = new();

    private RootPod()
    {
        HostPath state = _directory.Path.Child("run");
        Options = new PodRuntimeOptions
        {
            Root = _directory.Path.Child("lib"),
            State = state,
            ShimBinary = Binary,
            CniConfigDirectory = _directory.Path.Child("net.d"),
            CniPluginDirectories = [HostPath.Parse("/usr/lib/cni")],
            CgroupParent = "/keelson-test-" + _directory.Path.Name[^6..].ToLowerInvariant(),
        };
        Layer = _directory.Path.Child("layer");
        Runtime = NewRuntime();
    }

    internal PodRuntimeOptions Options { get; }

    internal PodRuntime Runtime { get; private set; }

    internal HostPath Layer { get; }

    internal HostPath Root => _directory.Path;

    internal IReadOnlyCollection<string> Log => _log.Lines;

    internal static void SkipUnlessPossible(bool cni = false)
    {
        Skip.If(ProcessAttributes.EffectiveUserId != 0, "needs root: namespaces, mounts and cgroups");
        Skip.IfNot(File.Exists(Busybox), "needs Debian's busybox-static");
        Skip.IfNot(File.Exists(Binary.Value), "needs keelson-shim: set KEELSON_SHIM or build src/Shim");
        Skip.If(cni && !File.Exists("/usr/lib/cni/bridge"), "needs Debian's containernetworking-plugins");
    }

    internal static async Task<RootPod> StartAsync()
    {
        var pod = new RootPod();
        pod.MakeLayer();
        await pod.Runtime.RecoverAsync(CancellationToken.None).WaitAsync(Samples.Patience);
        return pod;
    }

    /// <summary>What a restarted daemon does.</summary>
    internal async Task RestartAsync()
    {
        await Runtime.DisposeAsync();
        Runtime = NewRuntime();
        await Runtime.RecoverAsync(CancellationToken.None).WaitAsync(Samples.Patience);
    }

    internal SandboxConfig Sandbox(string name, bool hostNetwork = true) => Samples.Sandbox(name, hostNetwork: hostNetwork) with
    {
        LogDirectory = Root.Child("logs").Value,
        PortMappings = [],
    };

    internal CreateContainerRequest Container(SandboxId sandbox, string script, Func<ContainerConfig, ContainerConfig>? change = null)
    {
        ContainerConfig config = Samples.Container() with { Command = ["/bin/sh", "-c", script], Args = [] };
        return new CreateContainerRequest { SandboxId = sandbox, Config = change?.Invoke(config) ?? config, Image = Image() };
    }

    internal ResolvedImage Image() => Samples.Image(new ImageLayer(Digest.Parse("sha256:" + new string('c', 64)), Layer));

    internal async Task<ContainerSnapshot> EndOfAsync(ContainerId id)
    {
        for (int i = 0; i < 1000; i++)
        {
            ContainerSnapshot container = Runtime.ContainerStatus(id);
            if (container.State == ContainerState.Exited)
            {
                return container;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"container {id.Short} did not end: {Runtime.ContainerStatus(id).Status}");
    }

    internal void ConfigureBridge()
    {
        Directory.CreateDirectory(Options.CniConfigDirectory.Value);
        string name = "kt" + Root.Name[^6..].ToLowerInvariant();
        File.WriteAllText(Options.CniConfigDirectory.Child("10-test.conflist").Value, $$$"""
            {"cniVersion":"1.0.0","name":"{{{name}}}","plugins":[
              {"type":"bridge","bridge":"{{{name}}}","isGateway":true,"ipam":{"type":"host-local","dataDir":"{{{Root}}}/ipam","ranges":[[{"subnet":"10.213.77.0/24"}]]}}
            ]}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SandboxSnapshot sandbox in Runtime.ListSandboxes(SandboxFilter.All))
        {
            await Runtime.StopSandboxAsync(sandbox.Id, CancellationToken.None).WaitAsync(Samples.Patience);
            await Runtime.RemoveSandboxAsync(sandbox.Id, CancellationToken.None).WaitAsync(Samples.Patience);
        }

        await Runtime.DisposeAsync();
        AssertNothingIsLeft();
        foreach (string controller in Directory.EnumerateDirectories("/sys/fs/cgroup"))
        {
            TryRemove(controller + Options.CgroupParent);
        }

        TryRemove("/sys/fs/cgroup" + Options.CgroupParent);
        _directory.Dispose();
    }

    private static void TryRemove(string cgroup)
    {
        if (Directory.Exists(cgroup))
        {
            Directory.Delete(cgroup);
        }
    }

    private void AssertNothingIsLeft()
    {
        Assert.DoesNotContain(Root.Value, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        foreach (string cmdline in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(path => path + "/cmdline"))
        {
            string text = string.Empty;
            try
            {
                text = File.ReadAllText(cmdline);
            }
            catch (IOException)
            {
                // Ended meanwhile.
            }

            Assert.DoesNotContain(Options.State.Value, text, StringComparison.Ordinal);
        }
    }

    private PodRuntime NewRuntime() => PodRuntimeFactory.Create(Options, _log);

    private void MakeLayer()
    {
        foreach (string directory in (string[])["bin", "etc", "proc", "sys", "dev", "tmp"])
        {
            Directory.CreateDirectory(Layer.Child(directory).Value);
        }

        File.Copy(Busybox, Layer.Child("bin").Child("busybox").Value);
        foreach (string applet in (string[])["sh", "cat", "sleep", "id", "echo", "true", "mkdir", "ls", "hostname", "wget", "ip", "kill", "dd"])
        {
            File.CreateSymbolicLink(Layer.Child("bin").Child(applet).Value, "busybox");
        }

        File.WriteAllText(Layer.Child("etc").Child("passwd").Value, "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001::/home/web:/bin/sh\n");
        File.WriteAllText(Layer.Child("etc").Child("group").Value, "root:x:0:\nweb:x:1001:\nextra:x:2000:web\n");
    }

    private static HostPath Binary
    {
        get
        {
            // The apphost of a development build looks for its runtime here; a published shim needs nothing.
            Environment.SetEnvironmentVariable("DOTNET_ROOT", Path.GetDirectoryName(Environment.ProcessPath));
            return HostPath.Parse(Environment.GetEnvironmentVariable("KEELSON_SHIM") ?? AppContext.BaseDirectory + "keelson-shim");
        }
    }
}
