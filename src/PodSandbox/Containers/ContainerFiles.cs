using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes.Volumes;

namespace Keelson.Sandboxes;

/// <summary>A container's directory: the writable layer, and the volumes of its image.</summary>
internal static class ContainerFiles
{
    internal const UnixFileMode Public = StateDirectory.Mode
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes them, or nothing.</summary>
    /// <exception cref="KeelsonException">As <see cref="VolumeContent.Fill"/>; Internal.</exception>
    internal static Task MakeAsync(StateLayout layout, ContainerIdentity identity)
    {
        if (!identity.Volumes.IsEmpty)
        {
            // Copying blocks for as long as it takes, so it gets a thread of its own.
            return BlockingThreads.RunAsync(() => Make(layout, identity));
        }

        Make(layout, identity);
        return Task.CompletedTask;
    }

    /// <summary>Takes back what was made for a container that did not come to be.</summary>
    internal static void Remove(StateLayout layout, ContainerId id) => TreeRemoval.Remove(layout.Container(id));

    private static void Make(StateLayout layout, ContainerIdentity identity)
    {
        try
        {
            HostPath writable = layout.Writable(identity.Id);
            StateDirectory.Make(writable.Child("work"));

            // The upper directory's mode becomes that of the container's root directory.
            OwnDirectory.Make(writable.Child("upper"), Public);

            ImmutableArray<VolumeMount> volumes = layout.Volumes(identity);
            foreach (VolumeMount volume in volumes)
            {
                StateDirectory.Make(volume.Directory);
            }

            if (!volumes.IsEmpty)
            {
                VolumeContent.Fill(identity.Image, volumes);
            }
        }
        catch
        {
            Remove(layout, identity.Id);
            throw;
        }
    }
}
