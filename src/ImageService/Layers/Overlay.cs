using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>How a lower directory tells overlayfs that something below it is gone.</summary>
internal static class Overlay
{
    /// <summary>Nothing of the layers below shows in this directory.</summary>
    internal static void MakeOpaque(SafeFd directory, ReadOnlySpan<byte> path)
    {
        Errno error = FileMetadata.TrySetExtended(directory, "trusted.overlay.opaque"u8, "y"u8);
        if (error != Errno.None)
        {
            throw new LinuxException("fsetxattr trusted.overlay.opaque", LayerErrors.Show(path), error);
        }
    }

    /// <summary>
    /// Whether an image may not set the attribute: overlayfs would take its own (a redirect, a metacopy) for orders, and
    /// the label is this host's to give.
    /// </summary>
    internal static bool IsReserved(ReadOnlySpan<byte> attribute) =>
        attribute.StartsWith("trusted.overlay."u8)
        || attribute.StartsWith("user.overlay."u8)
        || attribute.SequenceEqual("security.selinux"u8);
}
