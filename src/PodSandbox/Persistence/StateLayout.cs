using System.Collections.Immutable;
using System.Globalization;
using Keelson.Core;
using Keelson.Sandboxes.Volumes;

namespace Keelson.Sandboxes;

/// <summary>Where things are kept. <c>root</c> survives a reboot, <c>state</c> does not.</summary>
internal sealed class StateLayout(HostPath root, HostPath state)
{
    internal HostPath Sandboxes { get; } = root.Child("sandboxes");

    internal HostPath Containers { get; } = root.Child("containers");

    /// <summary>Records that could not be read are moved here, for people to look at.</summary>
    internal HostPath Quarantine { get; } = root.Child("quarantine");

    internal HostPath CniCache { get; } = root.Child("cni");

    internal HostPath Shims { get; } = state.Child("shims");

    internal HostPath Pods { get; } = state.Child("pods");

    internal HostPath Bundles { get; } = state.Child("bundles");

    internal HostPath Sandbox(SandboxId id) => Sandboxes.Child(id.Value);

    internal HostPath Container(ContainerId id) => Containers.Child(id.Value);

    /// <summary>Writable layer of a container: <c>upper</c> and <c>work</c>, as overlayfs wants them on one file system.</summary>
    internal HostPath Writable(ContainerId id) => Container(id).Child("rootfs");

    /// <summary>The image's volumes: numbered, in the order of the identity, as their paths are no file names.</summary>
    internal ImmutableArray<VolumeMount> Volumes(ContainerIdentity container)
    {
        HostPath parent = Container(container.Id).Child("volumes");
        return
        [
            .. container.Volumes.Select((destination, index) =>
                new VolumeMount(destination, parent.Child(index.ToString(CultureInfo.InvariantCulture)))),
        ];
    }

    /// <summary>What an OCI runtime is given for a container; none with the built-in one.</summary>
    internal HostPath Bundle(ContainerId id) => Bundles.Child(id.Value);

    internal HostPath ExitRecord(ContainerId id) => Container(id).Child("exit");

    internal HostPath PauseExitRecord(SandboxId id) => Shim(id).Child("pause-exit");

    internal HostPath Shim(SandboxId id) => Shims.Child(id.Value);

    /// <summary>
    /// What containers are shown of their pod: its /dev/shm and its files of /etc. No container of it can start after a
    /// reboot, and on most nodes this is a tmpfs: files there cost a fraction of what they cost on a disk's file system.
    /// </summary>
    internal HostPath Pod(SandboxId id) => Pods.Child(id.Value);

    /// <summary>The pod's /dev/shm, a mount.</summary>
    internal HostPath SharedMemory(SandboxId id) => Pod(id).Child("shm");

    internal void MakeDirectories()
    {
        foreach (HostPath directory in (ReadOnlySpan<HostPath>)[Sandboxes, Containers, CniCache, Shims, Pods])
        {
            StateDirectory.Make(directory);
        }
    }
}
