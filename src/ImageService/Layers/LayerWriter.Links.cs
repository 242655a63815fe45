using Keelson.Linux;

namespace Keelson.Images.Layers;

internal sealed partial class LayerWriter
{
    private void AddSymbolicLink(TarReader entry)
    {
        // Kept as written, wherever it points: it is followed only inside roots, by us and by the container.
        ReadOnlySpan<byte> target = entry.LinkName;
        if (target.IsEmpty || target.Length > _limits.PathBytes || target.Contains((byte)0))
        {
            throw LayerErrors.Malformed(_path.Full, "a symbolic link with no possible target");
        }

        SafeFd parent = _parents.Open(_path.Parent);
        Errno error = FilesAt.TryMakeSymbolicLink(parent, _path.Name, target);
        if (error == Errno.EEXIST)
        {
            parent = ClearTheWay(parent);
            error = FilesAt.TryMakeSymbolicLink(parent, _path.Name, target);
        }

        Check(error, "symlinkat", _path.Full);
        Count(0);
        Check(FileMetadata.TrySetOwner(parent, _path.Name, entry.Uid, entry.Gid), "fchownat", _path.Full);
        SetAttributesAt(parent, entry);
        Check(FileMetadata.TrySetTimes(parent, _path.Name, entry.Modified), "utimensat", _path.Full);
    }

    private void AddHardLink(TarReader entry)
    {
        _target.Set(entry.LinkName);
        if (_target.IsRoot)
        {
            throw LayerErrors.Malformed(_path.Full, "a hard link to the layer's root");
        }

        if (_target.Full.SequenceEqual(_path.Full))
        {
            return;
        }

        Errno error = LinkOnce();
        if (error == Errno.EEXIST)
        {
            ClearTheWay(_parents.Open(_path.Parent));
            error = LinkOnce();
        }

        switch (error)
        {
            case Errno.None:
                break;
            case Errno.ENOENT:
                throw LayerErrors.Malformed(_path.Full, $"a hard link to '{LayerErrors.Show(_target.Full)}', which is not in the layer");
            case Errno.EPERM:
                throw LayerErrors.Malformed(_path.Full, $"a hard link to '{LayerErrors.Show(_target.Full)}', which cannot be linked");
            default:
                throw new LinuxException("linkat", LayerErrors.Show(_path.Full), error);
        }
    }

    /// <summary>The target's parents are resolved inside the root; its last name is linked itself, not followed.</summary>
    private Errno LinkOnce()
    {
        // No directory is made for a target that is missing, hence not from the cache that makes them.
        using SafeFd? existing = RootedPath.TryOpenDirectory(_root, _target.Parent, out Errno error);
        return existing is null
            ? error
            : FilesAt.TryMakeHardLink(_parents.Open(_path.Parent), _path.Name, existing, _target.Name);
    }
}
