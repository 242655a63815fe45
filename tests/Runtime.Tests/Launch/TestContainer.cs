using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>A root made of busybox, overlay directories on it, and the spec the kubelet's defaults lead to.</summary>
internal sealed class TestContainer : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-launch-");

    internal TestContainer()
    {
        string busybox = RootOnly.RequireBusybox();
        foreach (string name in (string[])["lower/bin", "lower/etc", "lower/tmp", "upper", "work", "rootfs"])
        {
            Directory.CreateDirectory($"{_directory.FullName}/{name}");
        }

        File.Copy(busybox, $"{_directory.FullName}/lower/bin/busybox");
        foreach (string applet in (string[])["sh", "cat", "ls", "id", "true", "sleep", "hostname", "stat", "echo", "grep", "mount", "readlink", "touch", "mkdir", "tty", "wc", "ulimit", "ps", "kill", "env"])
        {
            File.CreateSymbolicLink($"{_directory.FullName}/lower/bin/{applet}", "busybox");
        }
    }

    internal static PlanCompiler Compiler { get; } = new(LaunchHost.Detect());

    internal string Path => _directory.FullName;

    internal string Lower => $"{Path}/lower";

    internal ContainerLaunchContext Context => ContextIn(Path);

    /// <summary>For one of several launches: overlayfs takes an upper directory once.</summary>
    internal ContainerLaunchContext NewContext(int launch)
    {
        string own = $"{Path}/{launch}";
        Directory.CreateDirectory($"{own}/upper");
        Directory.CreateDirectory($"{own}/work");
        return new ContainerLaunchContext { Overlay = new OverlayRoot([HostPath.Parse(Lower)], HostPath.Parse($"{own}/upper"), HostPath.Parse($"{own}/work")) };
    }

    internal static ContainerLaunchContext ContextIn(string path) => new()
    {
        Overlay = new OverlayRoot([HostPath.Parse($"{path}/lower")], HostPath.Parse($"{path}/upper"), HostPath.Parse($"{path}/work")),
    };

    internal static RuntimeSpec Spec(params string[] args) => new()
    {
        Root = new RootSpec { Path = "rootfs" },
        Hostname = "box",
        Process = new ProcessSpec
        {
            Args = [.. args],
            Env = [EnvironmentEntry.Of("PATH", "/usr/bin:/bin")],
            NoNewPrivileges = true,
            Capabilities = new CapabilitiesSpec { Bounding = CapabilityTable.Default, Effective = CapabilityTable.Default, Permitted = CapabilityTable.Default },
        },
        Mounts =
        [
            new MountSpec { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] },
            new MountSpec { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            new MountSpec { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            new MountSpec { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
            new MountSpec { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
            new MountSpec { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
        ],
        Linux = new LinuxSpec
        {
            Namespaces =
            [
                new NamespaceSpec(NamespaceTypes.Pid), new NamespaceSpec(NamespaceTypes.Network), new NamespaceSpec(NamespaceTypes.Ipc),
                new NamespaceSpec(NamespaceTypes.Uts), new NamespaceSpec(NamespaceTypes.Mount), new NamespaceSpec(NamespaceTypes.Cgroup),
            ],
            MaskedPaths =
            [
                "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
            ],
            ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    };

    internal static RuntimeSpec Shell(string script) => Spec("/bin/sh", "-c", script);

    internal LaunchPlan Compile(RuntimeSpec spec) => Compiler.CompileContainer(spec, Context);

    /// <summary>Puts text into the image.</summary>
    internal void InImage(string path, string content)
    {
        string full = $"{Lower}/{path}";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    internal static RuntimeSpec With(RuntimeSpec spec, Func<ProcessSpec, ProcessSpec>? process = null, Func<LinuxSpec, LinuxSpec>? linux = null, params MountSpec[] mounts) => spec with
    {
        Process = process is null ? spec.Process : process(spec.Process!),
        Linux = linux is null ? spec.Linux : linux(spec.Linux!),
        Mounts = spec.Mounts.AddRange(mounts),
    };

    public void Dispose() => _directory.Delete(recursive: true);
}
