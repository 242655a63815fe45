using System.Text;
using Keelson.Core;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests;

/// <summary>Requests that a kubelet could have sent.</summary>
internal static class Samples
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static SandboxConfig Sandbox(string name = "web", uint attempt = 0, bool hostNetwork = false) => new()
    {
        Metadata = new PodMetadata(name, "default", $"uid-{name}", attempt),
        Hostname = hostNetwork ? string.Empty : name,
        LogDirectory = $"/var/log/pods/default_{name}",
        Dns = new DnsConfig { Servers = ["10.96.0.10"], Searches = ["cluster.local"], Options = ["ndots:5"] },
        PortMappings = [new PortMapping(PortProtocol.Tcp, 80, 8080, string.Empty)],
        Labels = Maps.Of([new("io.kubernetes.pod.name", name), new("app", "web")]),
        Annotations = Maps.Of([new("note", "zwölf \"quoted\"")]),
        Sysctls = Maps.Of([new("kernel.shm_rmid_forced", "1")]),
        Security = new SandboxSecurityContext
        {
            Namespaces = new NamespaceOptions { Network = hostNetwork ? NamespaceMode.Node : NamespaceMode.Pod, Pid = NamespaceMode.Container },
        },
    };

    internal static ContainerConfig Container(string name = "main", uint attempt = 0) => new()
    {
        Metadata = new ContainerMetadata(name, attempt),
        Image = new ContainerImage { Image = "sha256:" + new string('a', 64), UserSpecifiedImage = "registry.example/web:1" },
        Command = ["/bin/web"],
        Args = ["--port", "80"],
        Environment = [new EnvironmentVariable("BYTES", new byte[] { 0xff, 0x01, 0x41 }), new EnvironmentVariable("MODE", Encoding.UTF8.GetBytes("x"))],
        Labels = Maps.Of([new("io.kubernetes.container.name", name)]),
        LogPath = $"{name}/{attempt}.log",
        Resources = new LinuxResources { CpuShares = 512, MemoryLimitBytes = 64 << 20 },
    };

    internal static ResolvedImage Image(params ImageLayer[] layers) =>
        new(Digest.Parse("sha256:" + new string('a', 64)), "registry.example/web@sha256:" + new string('b', 64), [.. layers], ImageRunConfig.Empty with { Command = ["/bin/sh"] });

    internal static ContainerIdentity ContainerIdentity(SandboxId sandbox, string name = "main") => new()
    {
        Id = ContainerId.New(),
        SandboxId = sandbox,
        Config = Container(name),
        Image = Image(new ImageLayer(Digest.Parse("sha256:" + new string('c', 64)), HostPath.Parse("/layers/c"))),
        CreatedAtNanoseconds = 1_700_000_000_000_000_001,
        BootId = "boot",
        LogPath = "/var/log/pods/default_web/main/0.log",
        User = new ContainerUser { Uid = 1000, Gid = 1000, SupplementalGroups = [5] },
        StopSignal = "SIGTERM",
    };
}
