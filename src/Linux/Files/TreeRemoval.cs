using System.Text;
using Keelson.Core;

namespace Keelson.Linux;

/// <summary>
/// Removes a directory with everything in it, by descriptor: symbolic links are removed, never followed, whatever
/// anybody exchanges meanwhile. Depth costs no stack and few descriptors.
/// </summary>
public sealed class TreeRemoval
{
    /// <summary>Directories deeper than this are first moved up, so that a chain of thousands needs no thousand descriptors.</summary>
    private const int DeepestOpen = 64;

    private readonly SafeFd _parent;
    private readonly byte[] _name;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly Stack<Level> _levels = new();
    private int _moved;

    private TreeRemoval(SafeFd parent, ReadOnlySpan<byte> name)
    {
        _parent = parent;
        _name = name.ToArray();
    }

    /// <summary>Removes <paramref name="directory"/> (or a file in its place) and all below; absent is success.</summary>
    /// <exception cref="LinuxException">Something in it cannot be removed, e.g. a mount point (EBUSY).</exception>
    public static void Remove(HostPath directory)
    {
        using SafeFd? parent = PlainFile.TryOpenDirectory(directory.Parent.Value, out Errno error);
        if (parent is null)
        {
            if (error == Errno.ENOENT)
            {
                return;
            }

            throw new LinuxException("open", directory.Parent.Value, error);
        }

        Remove(parent, Encoding.UTF8.GetBytes(directory.Name));
    }

    /// <summary>Removes the entry <paramref name="name"/> of <paramref name="parent"/>, which is borrowed.</summary>
    /// <exception cref="LinuxException">Something in it cannot be removed.</exception>
    public static void Remove(SafeFd parent, ReadOnlySpan<byte> name)
    {
        var removal = new TreeRemoval(parent, name);
        try
        {
            removal.Run();
        }
        finally
        {
            foreach (Level level in removal._levels)
            {
                level.Fd.Dispose();
            }
        }
    }

    private void Run()
    {
        if (RemoveEntry(_parent, _name))
        {
            return;
        }

        Enter(_parent, _name);
        while (_levels.TryPeek(out Level? level))
        {
            if (level.Remaining.TryPop(out byte[]? child))
            {
                Descend(level, child);
                continue;
            }

            // Empty now, or entries were added meanwhile; then it is looked through again.
            SafeFd above = _levels.Count > 1 ? _levels.ElementAt(1).Fd : _parent;
            Errno error = FilesAt.TryRemoveDirectory(above, level.Name);
            if (error == Errno.EPERM)
            {
                Unguard(above, level.Name);
                error = FilesAt.TryRemoveDirectory(above, level.Name);
            }

            if (error == Errno.ENOTEMPTY && level.Passes < 100)
            {
                Scan(level);
                continue;
            }

            if (error is not (Errno.None or Errno.ENOENT))
            {
                throw new LinuxException("rmdir", CString.Show(level.Name), error);
            }

            _levels.Pop().Fd.Dispose();
        }
    }

    private void Descend(Level level, byte[] child)
    {
        if (_levels.Count < DeepestOpen)
        {
            Enter(level.Fd, child);
            return;
        }

        Level top = _levels.Last();
        byte[] name = Encoding.ASCII.GetBytes($".removing-{_moved++}");
        Errno error = FilesAt.TryRename(level.Fd, child, top.Fd, name, replace: false);
        switch (error)
        {
            case Errno.None:
                top.Remaining.Push(name);
                break;
            case Errno.EEXIST:
                level.Remaining.Push(child); // Again, with the next number.
                break;
            case Errno.ENOENT:
                break;
            default:
                throw new LinuxException("renameat2", CString.Show(child), error);
        }
    }

    private void Enter(SafeFd parent, byte[] name)
    {
        SafeFd? fd = FilesAt.TryOpenDirectory(parent, name, out Errno error);
        if (error == Errno.EACCES)
        {
            // Only without CAP_DAC_OVERRIDE: a directory of ours that we may not read.
            FileMetadata.TrySetPermissions(parent, name, 0x1C0);
            fd = FilesAt.TryOpenDirectory(parent, name, out error);
        }

        if (fd is null)
        {
            if (error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP && RemoveEntry(parent, name))
            {
                return;
            }

            throw new LinuxException("openat", CString.Show(name), error);
        }

        var level = new Level(fd, name);
        _levels.Push(level);
        Scan(level);
    }

    /// <summary>Removes what is no directory, or an empty one; keeps the names of the others.</summary>
    private void Scan(Level level)
    {
        level.Passes++;

        // A second pass needs a fresh position in the directory.
        using SafeFd? again = level.Passes > 1 ? FilesAt.TryOpenDirectory(level.Fd, "."u8, out _) : null;
        var entries = new DirectoryEntries(again ?? level.Fd, _buffer);
        while (entries.MoveNext())
        {
            ReadOnlySpan<byte> name = entries.Name;
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            {
                continue;
            }

            if (!RemoveEntry(level.Fd, name))
            {
                level.Remaining.Push(name.ToArray());
            }
        }
    }

    /// <summary>False: a directory that is not empty.</summary>
    private static bool RemoveEntry(SafeFd parent, ReadOnlySpan<byte> name)
    {
        for (int attempt = 0; ; attempt++)
        {
            Errno error = FilesAt.TryRemoveFile(parent, name);
            string call = "unlinkat";
            if (error == Errno.EISDIR)
            {
                call = "rmdir";
                error = FilesAt.TryRemoveDirectory(parent, name);
            }

            switch (error)
            {
                case Errno.None or Errno.ENOENT:
                    return true;
                case Errno.ENOTEMPTY or Errno.EEXIST:
                    return false;
                case Errno.EPERM or Errno.EACCES when attempt == 0:
                    Unguard(parent, name);
                    break;
                default:
                    throw new LinuxException(call, CString.Show(name), error);
            }
        }
    }

    /// <summary>Lifts what a container with CAP_LINUX_IMMUTABLE, or an odd mode, put in the way. Best effort: the removal that follows tells.</summary>
    private static void Unguard(SafeFd parent, ReadOnlySpan<byte> name)
    {
        FileMetadata.TryClearRemovalGuards(parent);
        if (FileMetadata.TryGetStatus(parent, out FileStatus directory) == Errno.None && (directory.Permissions & 0x1C0) != 0x1C0)
        {
            FileMetadata.TrySetPermissions(parent, directory.Permissions | 0x1C0);
        }

        // Opening a device could do something; the flags exist on files and directories only.
        if (FilesAt.TryGetStatus(parent, name, out FileStatus status) == Errno.None
            && status.Kind is FileKind.Regular or FileKind.Directory)
        {
            using SafeFd? entry = FilesAt.TryOpenFile(parent, name, out _);
            if (entry is not null)
            {
                FileMetadata.TryClearRemovalGuards(entry);
            }
        }
    }

    private sealed class Level(SafeFd fd, byte[] name)
    {
        public SafeFd Fd { get; } = fd;

        public byte[] Name { get; } = name;

        public Stack<byte[]> Remaining { get; } = new();

        public int Passes { get; set; }
    }
}
