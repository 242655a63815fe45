using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes;

/// <summary>
/// Removal of directories in two steps: renamed at once, which is what makes an object gone, and deleted in the
/// background, as a writable layer can be large and slow to delete. A start sweeps up what a crash left.
/// </summary>
internal static class Trash
{
    internal const string Prefix = ".removing-";

    internal static void Discard(HostPath parent, HostPath directory)
    {
        HostPath doomed = parent.Child(Prefix + directory.Name);
        try
        {
            Directory.Move(directory.Value, doomed.Value);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (IOException failure)
        {
            throw new KeelsonException(ErrorKind.Internal, $"rename '{directory}': {failure.Message}", failure);
        }

        _ = Task.Run(() => Delete(doomed));
    }

    internal static void Sweep(HostPath parent)
    {
        foreach (string path in Directory.EnumerateDirectories(parent.Value, Prefix + "*"))
        {
            Delete(HostPath.Parse(path));
        }
    }

    private static void Delete(HostPath doomed)
    {
        try
        {
            // overlayfs makes work/work with mode 0; root may enter it all the same.
            TreeRemoval.Remove(doomed);
        }
        catch (KeelsonException)
        {
            // Swept up at the next start; nothing refers to it any more.
        }
    }
}
