using System.Text;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>Makes what the entries of a layer's tar say, below one open directory, by descriptor only.</summary>
/// <remarks>
/// A later entry replaces an earlier one of the same name; a directory keeps its content if the later entry is a
/// directory too. Nothing is ever opened for writing that was there before: a file's name is taken away first, since its
/// inode may have other names.
/// </remarks>
internal sealed partial class LayerWriter : IDisposable
{
    private const int BlockBytes = 4096;
    private const uint OwnerOnly = 0x180; // 0600
    private const uint OwnerOnlyDirectory = 0x1C0; // 0700

    private readonly SafeFd _root;
    private readonly LayerLimits _limits;
    private readonly ParentDirectories _parents;
    private readonly EntryPath _path;
    private readonly EntryPath _target;
    private readonly List<(byte[] Path, FileTime Time)> _directoryTimes = [];

    // Directories that no entry has described, as Latin-1, which keeps every byte. The root is the first of them.
    private readonly HashSet<string> _implied = new(StringComparer.Ordinal) { string.Empty };
    private long _bytes;
    private long _inodes;

    /// <summary>Writes below <paramref name="root"/>, which is borrowed.</summary>
    internal LayerWriter(SafeFd root, LayerLimits limits)
    {
        _root = root;
        _limits = limits;
        _parents = new ParentDirectories(root, AddImplied);
        _path = new EntryPath(limits);
        _target = new EntryPath(limits);
    }

    /// <summary>Makes one entry. Reads its content.</summary>
    internal void Add(TarReader entry)
    {
        _path.Set(entry.Name);
        if (_path.IsRoot)
        {
            AddRoot(entry);
        }
        else if (!AddWhiteout())
        {
            switch (entry.Kind)
            {
                case TarEntryKind.Directory:
                    AddDirectory(entry);
                    break;
                case TarEntryKind.File:
                    AddFile(entry);
                    break;
                case TarEntryKind.SymbolicLink:
                    AddSymbolicLink(entry);
                    break;
                case TarEntryKind.HardLink:
                    AddHardLink(entry);
                    break;
                default:
                    AddNode(entry);
                    break;
            }
        }
    }

    /// <summary>Sets the directories' times, which every entry made in them has moved, and sums up.</summary>
    internal UnpackedLayer Finish()
    {
        foreach ((byte[] path, FileTime time) in _directoryTimes)
        {
            // No longer there, or no directory any more: a later entry took its place.
            using SafeFd? directory = RootedPath.TryOpenDirectory(_root, path, out _);
            if (directory is not null)
            {
                Check(FileMetadata.TrySetTimes(directory, time), "futimens", path);
            }
        }

        return new UnpackedLayer(_bytes, _inodes) { ImpliedDirectories = [.. _implied] };
    }

    public void Dispose() => _parents.Dispose();

    private void AddImplied(ReadOnlySpan<byte> path, bool isNew)
    {
        Count(BlockBytes);
        if (!isNew)
        {
            _implied.Add(Encoding.Latin1.GetString(path));
        }
    }

    private void AddRoot(TarReader entry)
    {
        if (entry.Kind != TarEntryKind.Directory)
        {
            throw LayerErrors.Malformed(entry.Name, "the layer's root is not a directory");
        }

        DressDirectory(_root, entry);
        _directoryTimes.Add(([], entry.Modified));
    }

    private void AddDirectory(TarReader entry)
    {
        bool opaque = false;
        SafeFd parent = _parents.Open(_path.Parent);
        Errno error = FilesAt.TryMakeDirectory(parent, _path.Name, OwnerOnlyDirectory);
        if (error == Errno.EEXIST)
        {
            FilesAt.TryGetStatus(parent, _path.Name, out FileStatus existing);
            error = Errno.None;
            if (existing.Kind != FileKind.Directory)
            {
                // A whiteout of the same name hid the lower directory; this one must go on hiding it.
                opaque = existing.IsWhiteout;
                parent = ClearTheWay(parent);
                error = FilesAt.TryMakeDirectory(parent, _path.Name, OwnerOnlyDirectory);
                Count(BlockBytes);
            }
        }
        else
        {
            Count(BlockBytes);
        }

        Check(error, "mkdirat", _path.Full);
        SafeFd directory = FilesAt.TryOpenDirectory(parent, _path.Name, out error)
            ?? throw new LinuxException("openat", LayerErrors.Show(_path.Full), error);
        _parents.Keep(_path.Full, directory);
        DressDirectory(directory, entry);
        if (opaque)
        {
            Overlay.MakeOpaque(directory, _path.Full);
        }

        _directoryTimes.Add((_path.Full.ToArray(), entry.Modified));
    }

    private void DressDirectory(SafeFd directory, TarReader entry)
    {
        _implied.Remove(Encoding.Latin1.GetString(_path.Full));
        Check(FileMetadata.TrySetOwner(directory, entry.Uid, entry.Gid), "fchown", _path.Full);
        Check(FileMetadata.TrySetPermissions(directory, entry.Permissions), "fchmod", _path.Full);
        SetAttributes(directory, entry);
    }

    private void AddFile(TarReader entry)
    {
        SafeFd parent = _parents.Open(_path.Parent);
        SafeFd? created = FilesAt.TryCreateFile(parent, _path.Name, OwnerOnly, out Errno error);
        if (error == Errno.EEXIST)
        {
            parent = ClearTheWay(parent);
            created = FilesAt.TryCreateFile(parent, _path.Name, OwnerOnly, out error);
        }

        using SafeFd file = created ?? throw new LinuxException("openat", LayerErrors.Show(_path.Full), error);
        Count((entry.Size + BlockBytes - 1) & -BlockBytes);
        while (true)
        {
            ReadOnlySpan<byte> part = entry.ReadContent();
            if (part.IsEmpty)
            {
                break;
            }

            Check(FdIO.WriteAll(file, part), "write", _path.Full);
        }

        // The order is the kernel's: a change of owner takes set-uid and file capabilities away, a write takes both.
        Check(FileMetadata.TrySetOwner(file, entry.Uid, entry.Gid), "fchown", _path.Full);
        Check(FileMetadata.TrySetPermissions(file, entry.Permissions), "fchmod", _path.Full);
        SetAttributes(file, entry);
        Check(FileMetadata.TrySetTimes(file, entry.Modified), "futimens", _path.Full);
    }

    private void AddNode(TarReader entry)
    {
        FileKind kind = entry.Kind switch
        {
            TarEntryKind.CharacterDevice => FileKind.CharacterDevice,
            TarEntryKind.BlockDevice => FileKind.BlockDevice,
            _ => FileKind.Fifo,
        };
        SafeFd parent = _parents.Open(_path.Parent);
        Errno error = FilesAt.TryMakeNode(parent, _path.Name, kind, OwnerOnly, entry.Device);
        if (error == Errno.EEXIST)
        {
            parent = ClearTheWay(parent);
            error = FilesAt.TryMakeNode(parent, _path.Name, kind, OwnerOnly, entry.Device);
        }

        Check(error, "mknodat", _path.Full);
        Count(0);
        Check(FileMetadata.TrySetOwner(parent, _path.Name, entry.Uid, entry.Gid), "fchownat", _path.Full);
        Check(FileMetadata.TrySetPermissions(parent, _path.Name, entry.Permissions), "fchmodat", _path.Full);
        SetAttributesAt(parent, entry);
        Check(FileMetadata.TrySetTimes(parent, _path.Name, entry.Modified), "utimensat", _path.Full);
    }

    /// <summary>Removes what stands at the entry's place; gives the parent, opened anew if the old descriptor may be stale.</summary>
    private SafeFd ClearTheWay(SafeFd parent)
    {
        if (FilesAt.TryGetStatus(parent, _path.Name, out FileStatus existing) == Errno.None
            && existing.Kind is not (FileKind.Directory or FileKind.SymbolicLink))
        {
            Check(FilesAt.TryRemoveFile(parent, _path.Name), "unlinkat", _path.Full);
            return parent;
        }

        TreeRemoval.Remove(parent, _path.Name);
        _parents.Forget();
        return _parents.Open(_path.Parent);
    }

    private void SetAttributes(SafeFd file, TarReader entry)
    {
        foreach (TarAttribute attribute in entry.Attributes)
        {
            if (!Overlay.IsReserved(attribute.Name))
            {
                CheckAttribute(FileMetadata.TrySetExtended(file, attribute.Name, attribute.Value), attribute, toleratesRefusal: false);
            }
        }
    }

    private void SetAttributesAt(SafeFd parent, TarReader entry)
    {
        if (entry.Attributes.Count == 0)
        {
            return;
        }

        using SafeFd located = FilesAt.TryLocate(parent, _path.Name, out Errno error)
            ?? throw new LinuxException("openat", LayerErrors.Show(_path.Full), error);
        foreach (TarAttribute attribute in entry.Attributes)
        {
            if (!Overlay.IsReserved(attribute.Name))
            {
                // The kernel allows user.* on files and directories only.
                CheckAttribute(FileMetadata.TrySetExtendedOfLocated(located, attribute.Name, attribute.Value), attribute, toleratesRefusal: true);
            }
        }
    }

    // EOPNOTSUPP: the file system has no such attributes; an image that runs without them is worth more than none.
    private void CheckAttribute(Errno error, TarAttribute attribute, bool toleratesRefusal)
    {
        if (error != Errno.EOPNOTSUPP && !(toleratesRefusal && error == Errno.EPERM))
        {
            Check(error, $"setxattr {LayerErrors.Show(attribute.Name)}", _path.Full);
        }
    }

    private static void Check(Errno error, string call, ReadOnlySpan<byte> path)
    {
        if (error != Errno.None)
        {
            throw new LinuxException(call, LayerErrors.Show(path), error);
        }
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        if (++_inodes > _limits.Entries)
        {
            throw LayerErrors.TooMuch($"the layer makes more than {_limits.Entries} files and directories");
        }
    }
}
