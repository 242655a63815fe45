using Keelson.Linux;

namespace Keelson.Images.Layers;

// The image-spec marks deletions with names (".wh." and what is hidden); overlayfs with character devices 0:0 and an
// attribute on directories. Both speak of the layers below only: what this layer has under the name stays.
internal sealed partial class LayerWriter
{
    private static ReadOnlySpan<byte> WhiteoutPrefix => ".wh."u8;

    private static ReadOnlySpan<byte> MetadataPrefix => ".wh..wh."u8;

    private static ReadOnlySpan<byte> OpaqueMark => ".wh..wh..opq"u8;

    /// <summary>Whether the entry is about deletion, and was dealt with.</summary>
    private bool AddWhiteout()
    {
        ReadOnlySpan<byte> name = _path.Name;
        if (HasReservedParent(out bool metadata))
        {
            return metadata ? true : throw LayerErrors.Malformed(_path.Full, "below a name that means a deletion");
        }

        if (!name.StartsWith(WhiteoutPrefix))
        {
            return false;
        }

        if (name.SequenceEqual(OpaqueMark))
        {
            Overlay.MakeOpaque(_parents.Open(_path.Parent), _path.Parent);
        }
        else if (!name.StartsWith(MetadataPrefix))
        {
            Hide(name[WhiteoutPrefix.Length..]);
        }

        // Else aufs's own bookkeeping, which old archives carry and nothing reads.
        return true;
    }

    private void Hide(ReadOnlySpan<byte> hidden)
    {
        if (hidden.IsEmpty || hidden.SequenceEqual("."u8) || hidden.SequenceEqual(".."u8))
        {
            throw LayerErrors.Malformed(_path.Full, "a deletion of no possible name");
        }

        SafeFd parent = _parents.Open(_path.Parent);
        Errno error = FilesAt.TryMakeNode(parent, hidden, FileKind.CharacterDevice, 0, default);
        if (error == Errno.None)
        {
            Count(0);
            return;
        }

        if (error != Errno.EEXIST)
        {
            throw new LinuxException("mknodat", LayerErrors.Show(_path.Full), error);
        }

        // This layer has the name. A file hides what is below anyway; a directory must be told to.
        using SafeFd? directory = FilesAt.TryOpenDirectory(parent, hidden, out _);
        if (directory is not null)
        {
            Overlay.MakeOpaque(directory, _path.Full);
        }
    }

    private bool HasReservedParent(out bool metadata)
    {
        metadata = false;
        ReadOnlySpan<byte> parent = _path.Parent;
        if (parent.IndexOf(WhiteoutPrefix) < 0)
        {
            return false;
        }

        foreach (Range range in parent.Split((byte)'/'))
        {
            if (parent[range].StartsWith(WhiteoutPrefix))
            {
                metadata = parent[range].StartsWith(MetadataPrefix);
                return true;
            }
        }

        return false;
    }
}
