using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>Unpacked layers as a whole.</summary>
internal static class DirectoryTree
{
    /// <summary>Removes a tree by descriptor: no link is followed, odd modes and flags do not keep it. Absent is success.</summary>
    /// <exception cref="LinuxException">Something in it cannot be removed.</exception>
    internal static void Delete(HostPath directory) => TreeRemoval.Remove(directory);

    /// <summary>What a tree takes on disk, each inode counted once.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    internal static (long Bytes, long Inodes) Measure(HostPath directory)
    {
        TreeUsage usage = TreeUsage.Measure(directory);
        return (usage.Bytes, usage.Inodes);
    }
}
