using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// What overlayfs shows of a stack of image layers, to read from. The mount is in nobody's mount table: it hangs on the
/// descriptor alone and is gone when that is closed. Without an upper directory, so that closing it syncs nothing.
/// </summary>
public static class MergedLayers
{
    /// <summary>Opens the root directory of the merged tree. Reading only, devices are dead, links are plain.</summary>
    /// <param name="layers">The topmost first; at least one.</param>
    /// <exception cref="LinuxException">A call failed.</exception>
    /// <exception cref="KeelsonException">Unimplemented: more layers than this kernel takes at once.</exception>
    public static SafeFd Open(ImmutableArray<HostPath> layers)
    {
        // overlayfs refuses a single layer without an upper one; alone it is what is to be seen anyway.
        if (layers.Length == 1)
        {
            return PlainFile.TryOpenDirectory(layers[0].Value, out Errno error) ?? throw new LinuxException("open", layers[0].Value, error);
        }

        return KernelVersion.Current.IsAtLeast(6, 7) ? MountDetached(layers) : MountApart(layers);
    }

    /// <summary>From Linux 6.7: a mount that is never attached anywhere.</summary>
    internal static SafeFd MountDetached(ImmutableArray<HostPath> layers)
    {
        using SafeFd mount = DetachedMount.Create(
            "overlay",
            ["ro", .. layers.Select(layer => $"lowerdir+={layer}")],
            Uapi.MOUNT_ATTR_RDONLY | Uapi.MOUNT_ATTR_NOSUID | Uapi.MOUNT_ATTR_NODEV | Uapi.MOUNT_ATTR_NOEXEC);

        // The mount's own descriptor gives no access to entries; one opened through it does, and keeps the tree.
        return RootedPath.TryOpenDirectory(mount, [], out Errno error) ?? throw new LinuxException("openat2", "overlay", error);
    }

    /// <summary>Before: in a mount namespace that lives as long as a thread; the descriptor outlives it.</summary>
    internal static SafeFd MountApart(ImmutableArray<HostPath> layers)
    {
        string options = "lowerdir=" + LowerDirectories.Join(layers, out HostPath common);
        if (Encoding.UTF8.GetByteCount(options) > LowerDirectories.MaxOptionBytes)
        {
            throw new KeelsonException(
                ErrorKind.Unimplemented, $"{layers.Length} layers need more than the {LowerDirectories.MaxOptionBytes} bytes of overlay options that this kernel takes");
        }

        SafeFd? root = null;
        OwnThread.Run(() =>
        {
            // A mount namespace of its own brings a current directory of its own.
            if (LibC.unshare(LibC.CLONE_NEWNS) < 0)
            {
                throw LinuxException.FromLastError("unshare CLONE_NEWNS", string.Empty);
            }

            if (LibC.mount("none", "/", null, LibC.MS_REC | LibC.MS_PRIVATE, null) < 0)
            {
                throw LinuxException.FromLastError("mount MS_PRIVATE", "/");
            }

            if (LibC.chdir(common.Value) < 0)
            {
                throw LinuxException.FromLastError("chdir", common.Value);
            }

            if (LibC.mount("overlay", common.Value, "overlay", LibC.MS_RDONLY | LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC, options) < 0)
            {
                throw LinuxException.FromLastError("mount overlay", common.Value);
            }

            root = PlainFile.TryOpenDirectory(common.Value, out Errno error) ?? throw new LinuxException("open", common.Value, error);
        });
        return root!;
    }
}
