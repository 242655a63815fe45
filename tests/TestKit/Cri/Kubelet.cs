using System.Globalization;
using Google.Protobuf;

namespace Keelson.TestKit;

/// <summary>Requests shaped as a kubelet shapes them: names, labels, annotations, log paths, resources, security context.</summary>
public static class Kubelet
{
    public const string Namespace = "keelson-test";

    private static int s_count;

    /// <summary>What a kubelet hides from every container that does not ask for an unmasked /proc.</summary>
    public static readonly IReadOnlyList<string> MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ];

    public static readonly IReadOnlyList<string> ReadonlyPaths =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static Cri.PodSandboxConfig Pod(string logRoot, Action<Cri.PodSandboxConfig>? change = null)
    {
        string uid = Guid.NewGuid().ToString();
        string name = string.Create(CultureInfo.InvariantCulture, $"pod-{Interlocked.Increment(ref s_count)}-{uid[..8]}");
        var config = new Cri.PodSandboxConfig
        {
            Metadata = new() { Name = name, Namespace = Namespace, Uid = uid, Attempt = 0 },
            Hostname = name,
            LogDirectory = $"{logRoot}/{Namespace}_{name}_{uid}",
            DnsConfig = new() { Servers = { "10.96.0.10" }, Searches = { "default.svc.cluster.local", "cluster.local" }, Options = { "ndots:5" } },
            Linux = new()
            {
                SecurityContext = new()
                {
                    NamespaceOptions = new() { Network = Cri.NamespaceMode.Pod, Pid = Cri.NamespaceMode.Container, Ipc = Cri.NamespaceMode.Pod },
                    Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.RuntimeDefault },
                },
            },
        };
        config.Labels.Add("io.kubernetes.pod.name", name);
        config.Labels.Add("io.kubernetes.pod.namespace", Namespace);
        config.Labels.Add("io.kubernetes.pod.uid", uid);
        config.Annotations.Add("kubernetes.io/config.source", "api");
        config.Annotations.Add("kubernetes.io/config.seen", "2026-01-01T00:00:00.000000000Z");
        change?.Invoke(config);
        Directory.CreateDirectory(config.LogDirectory);
        return config;
    }

    public static Cri.ContainerConfig Container(
        Cri.PodSandboxConfig pod, string image, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"main-{Interlocked.Increment(ref s_count)}");
        var config = new Cri.ContainerConfig
        {
            Metadata = new() { Name = name, Attempt = 0 },
            Image = new() { Image = image, UserSpecifiedImage = image },
            LogPath = $"{name}/0.log",
            Linux = new()
            {
                Resources = new() { CpuPeriod = 100000, CpuShares = 2, OomScoreAdj = 1000 },
                SecurityContext = new()
                {
                    NamespaceOptions = pod.Linux.SecurityContext.NamespaceOptions.Clone(),
                    Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.RuntimeDefault },
                },
            },
        };
        config.Command.Add(command);
        config.Linux.SecurityContext.MaskedPaths.Add(MaskedPaths);
        config.Linux.SecurityContext.ReadonlyPaths.Add(ReadonlyPaths);
        config.Labels.Add(pod.Labels);
        config.Labels.Add("io.kubernetes.container.name", name);
        config.Annotations.Add("io.kubernetes.container.hash", "f2a0d3c1");
        config.Annotations.Add("io.kubernetes.container.restartCount", "0");
        config.Annotations.Add("io.kubernetes.container.terminationMessagePath", "/dev/termination-log");
        config.Annotations.Add("io.kubernetes.container.terminationMessagePolicy", "File");
        config.Annotations.Add("io.kubernetes.pod.terminationGracePeriod", "30");
        config.Envs.Add(Env("KUBERNETES_SERVICE_HOST", "10.96.0.1"));
        config.Envs.Add(Env("KUBERNETES_SERVICE_PORT", "443"));
        change?.Invoke(config);
        if (config.LogPath.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{pod.LogDirectory}/{config.LogPath}")!);
        }

        return config;
    }

    public static Cri.KeyValue Env(string name, string value) => new() { Key = name, Value = ByteString.CopyFromUtf8(value) };

    public static Cri.Mount Bind(string hostPath, string containerPath, bool isReadonly = false) =>
        new() { HostPath = hostPath, ContainerPath = containerPath, Readonly = isReadonly };
}
