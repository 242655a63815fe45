using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes.Volumes;

/// <summary>
/// Fills the volumes of an image with what the image has at their paths. A path is resolved inside the image by the
/// kernel, so that neither a link in the image nor the path itself leads to the host (CVE-2022-23648).
/// </summary>
internal static class VolumeContent
{
    // What a layer may claim, for all volumes of a container: an image may declare its whole root as many volumes.
    private const long MostEntries = 4_000_000;
    private const long MostBytes = 128L << 30;

    private const uint Public = 0x1ed; // 0755

    /// <summary>Copies into directories that are there and empty. Where the image has nothing they stay empty, for all to enter.</summary>
    /// <param name="image">Whose layers are held meanwhile.</param>
    /// <param name="volumes">Path in the image, and the directory.</param>
    /// <exception cref="KeelsonException">InvalidArgument: the image has something that is no directory there. ResourceExhausted.</exception>
    internal static void Fill(ResolvedImage image, ImmutableArray<VolumeMount> volumes)
    {
        var budget = new TreeCopyBudget(MostEntries, MostBytes);
        using SafeFd? root = image.Layers.IsEmpty ? null : MergedLayers.Open(ImmutableArray.CreateRange(image.Layers, layer => layer.Directory));
        foreach (VolumeMount volume in volumes)
        {
            using SafeFd target = PlainFile.TryOpenDirectory(volume.Directory.Value, out Errno error)
                ?? throw new LinuxException("open", volume.Directory.Value, error);
            using SafeFd? source = root is null ? null : OpenSource(root, volume.Destination);
            if (source is null)
            {
                FileMetadata.TrySetPermissions(target, Public);
                continue;
            }

            try
            {
                TreeCopy.Run(source, target, budget);
            }
            catch (KeelsonException failure)
            {
                throw new KeelsonException(failure.Kind, $"image volume '{volume.Destination}': {failure.Message}", failure);
            }
        }
    }

    private static SafeFd? OpenSource(SafeFd root, string path)
    {
        SafeFd? source = RootedPath.TryOpenDirectory(root, Encoding.UTF8.GetBytes(path), out Errno error);
        return source is not null || error == Errno.ENOENT
            ? source
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"image volume '{path}': {new LinuxException("openat2", path, error).Message}");
    }
}
