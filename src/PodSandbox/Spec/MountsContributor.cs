using System.Collections.Frozen;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>File systems every container has, the pod's files, the image's volumes, and the request's mounts, which replace any of them.</summary>
internal sealed class MountsContributor : ISpecContributor
{
    /// <summary>Where every container has a file system or a file of ours, unless the request mounts something else there.</summary>
    internal static readonly FrozenSet<string> OwnDestinations = FrozenSet.ToFrozenSet(
        ["/proc", "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm", "/sys", "/sys/fs/cgroup", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"],
        StringComparer.Ordinal);

    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        var requested = inputs.Config.Mounts.Select(mount => Normalize(mount.ContainerPath)).ToHashSet(StringComparer.Ordinal);

        // Who brings a /dev of his own gets all of it, and nothing of ours on top.
        bool ownDev = requested.Contains("/dev");
        var mounts = Defaults(inputs)
            .Where(mount => !requested.Contains(mount.Destination))
            .Where(mount => !ownDev || !mount.Destination.StartsWith("/dev/", StringComparison.Ordinal))
            .Concat(inputs.Config.Mounts.Select(mount => Requested(mount, inputs)))

            // Writable also where the root is not: that is what images declare them for.
            .Concat(inputs.Volumes.Select(volume => Bind(volume.Destination, volume.Directory.Value, "rw", "rprivate")))
            .ToList();

        draft.Mounts.AddRange(UpperFirst(mounts));

        // A mount that spreads to the host needs a root that spreads too.
        bool shared = inputs.Config.Mounts.Any(mount => mount.Propagation == MountPropagation.Bidirectional);
        draft.Linux = draft.Linux with { RootfsPropagation = shared ? "rshared" : null };
    }

    /// <summary>Upper directories first, so that no mount hides one made before it; the order is otherwise kept.</summary>
    internal static IEnumerable<MountSpec> UpperFirst(IEnumerable<MountSpec> mounts) =>
        mounts.OrderBy(mount => mount.Destination == "/" ? 0 : mount.Destination.Count(c => c == '/'));

    private static IEnumerable<MountSpec> Defaults(SpecInputs inputs)
    {
        string access = inputs.Privileged ? "rw" : "ro";
        yield return Special("/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        yield return Special("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        yield return Special("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        yield return Special("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        yield return Special("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", access);
        yield return Special("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", access);
        yield return inputs.HostIpc
            ? Bind("/dev/shm", "/dev/shm", "rw", "nosuid", "noexec", "nodev")
            : Bind("/dev/shm", inputs.SharedMemory.Value, "rw", "nosuid", "noexec", "nodev");
        string files = inputs.Config.Security.ReadonlyRootfs ? "ro" : "rw";
        yield return Bind("/etc/hostname", SandboxFiles.Hostname(inputs.PodDirectory).Value, files, "rprivate");
        yield return Bind("/etc/hosts", SandboxFiles.Hosts(inputs.PodDirectory).Value, files, "rprivate");
        yield return Bind("/etc/resolv.conf", SandboxFiles.ResolvConf(inputs.PodDirectory).Value, files, "rprivate");
    }

    private static MountSpec Requested(ContainerMount mount, SpecInputs inputs) =>
        mount.Image is { } image ? ImageVolume(mount, inputs.VolumeImages[image.Image]) : HostBind(mount);

    private static MountSpec HostBind(ContainerMount mount)
    {
        string propagation = mount.Propagation switch
        {
            MountPropagation.HostToContainer => "rslave",
            MountPropagation.Bidirectional => "rshared",
            _ => "rprivate",
        };
        string access = !mount.Readonly ? "rw" : mount.RecursiveReadOnly ? "rro" : "ro";
        return new MountSpec
        {
            Destination = Normalize(mount.ContainerPath),
            Type = "bind",
            Source = mount.HostPath,
            Options = ["rbind", propagation, access],
        };
    }

    private static MountSpec ImageVolume(ContainerMount mount, ResolvedImage image)
    {
        string destination = Normalize(mount.ContainerPath);
        ImmutableArray<string> layers = [.. image.Layers.Select(layer => layer.Directory.Value)];
        return layers.Length switch
        {
            0 => throw new KeelsonException(ErrorKind.KubeletToken, $"ImageVolumeMountFailed: image {mount.Image!.Image} has no layers"),
            1 => Bind(destination, layers[0], "ro", "rprivate"),
            _ => new MountSpec { Destination = destination, Type = "overlay", Source = "overlay", Options = ["ro", "lowerdir=" + string.Join(':', layers)] },
        };
    }

    private static MountSpec Special(string destination, string type, string source, params string[] options) =>
        new() { Destination = destination, Type = type, Source = source, Options = [.. options] };

    private static MountSpec Bind(string destination, string source, params string[] options) =>
        new() { Destination = destination, Type = "bind", Source = source, Options = ["rbind", .. options] };

    /// <summary>Without double and trailing slashes; <c>..</c> was refused before.</summary>
    internal static string Normalize(string path) => "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));
}
