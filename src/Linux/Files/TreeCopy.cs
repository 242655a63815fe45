using System.Text;
using Keelson.Core;

namespace Keelson.Linux;

/// <summary>
/// Copies a directory and everything in it, by descriptor: no symbolic link is followed on either side. Owner, mode,
/// modification time, extended attributes, device numbers and hard links within the tree come along.
/// </summary>
/// <remarks>The source must not change meanwhile (image layers never do); the target is the caller's alone.</remarks>
public sealed class TreeCopy
{
    /// <summary>Directories open at once on each side; an image's paths are shorter.</summary>
    private const int Deepest = 512;

    private const int ListBytes = 64 * 1024;
    private const int LinkBytes = 4096;
    private const uint OwnerOnly = 0x180; // 0600
    private const uint OwnerOnlyDirectory = 0x1c0; // 0700

    private readonly SafeFd _target;
    private readonly TreeCopyBudget _budget;
    private readonly Stack<Level> _levels = new();
    private readonly Dictionary<(DeviceNumber, ulong), (byte[] Directory, byte[] Name)> _linked = [];
    private readonly byte[] _entries = new byte[32 * 1024];
    private byte[]? _names;
    private byte[]? _value;

    private TreeCopy(SafeFd target, TreeCopyBudget budget)
    {
        _target = target;
        _budget = budget;
    }

    /// <summary>Makes <paramref name="target"/>, an empty directory, a copy of <paramref name="source"/>. Both are borrowed.</summary>
    /// <exception cref="LinuxException">A call failed; what was copied stays.</exception>
    /// <exception cref="KeelsonException">ResourceExhausted: the budget is used up, or the tree is too deep.</exception>
    public static void Run(SafeFd source, SafeFd target, TreeCopyBudget budget)
    {
        var copy = new TreeCopy(target, budget);
        try
        {
            copy.Run(source);
        }
        finally
        {
            foreach (Level level in copy._levels)
            {
                level.Dispose();
            }
        }
    }

    private void Run(SafeFd source)
    {
        Check(FileMetadata.TryGetStatus(source, out FileStatus status), "statx", "."u8);
        _budget.Take(0);
        Enter(source, _target, "."u8, [], status);
        while (_levels.TryPeek(out Level? level))
        {
            if (level.Remaining.TryPop(out byte[]? name))
            {
                CopyEntry(level, name);
                continue;
            }

            // Last, as every entry made in it has moved it.
            Check(FileMetadata.TrySetTimes(level.Target, level.Modified), "futimens", level.Path);
            _levels.Pop().Dispose();
        }
    }

    private void CopyEntry(Level level, byte[] name)
    {
        Check(FilesAt.TryGetStatus(level.Source, name, out FileStatus status), "statx", name);
        if (status.IsWhiteout || CopyLink(level, name, status))
        {
            return;
        }

        _budget.Take(status.Kind == FileKind.Regular ? status.SizeBytes : 0);
        switch (status.Kind)
        {
            case FileKind.Directory:
                Check(FilesAt.TryMakeDirectory(level.Target, name, OwnerOnlyDirectory), "mkdirat", name);
                Enter(level.Source, level.Target, name, Join(level.Path, name), status);
                return;
            case FileKind.Regular:
                CopyContent(level, name);
                break;
            case FileKind.SymbolicLink:
                byte[] text = new byte[LinkBytes];
                int length = FilesAt.TryReadSymbolicLink(level.Source, name, text, out Errno error);
                Check(error, "readlinkat", name);
                Check(FilesAt.TryMakeSymbolicLink(level.Target, name, text.AsSpan(0, length)), "symlinkat", name);
                break;
            default:
                Check(FilesAt.TryMakeNode(level.Target, name, status.Kind, OwnerOnly, status.Device), "mknodat", name);
                break;
        }

        CopyAttributes(level.Source, level.Target, name, status);
        Check(FileMetadata.TrySetTimes(level.Target, name, status.Modified), "utimensat", name);
    }

    /// <summary>Whether the entry is a further name of a file that was copied already.</summary>
    private bool CopyLink(Level level, byte[] name, in FileStatus status)
    {
        if (status.Links < 2 || status.Kind == FileKind.Directory
            || _linked.TryAdd((status.FileSystem, status.Inode), (level.Path, name)))
        {
            return false;
        }

        (byte[] directory, byte[] first) = _linked[(status.FileSystem, status.Inode)];
        using SafeFd? existing = RootedPath.TryOpenDirectoryWithoutLinks(_target, directory, out Errno error);
        Check(existing is null ? error : FilesAt.TryMakeHardLink(level.Target, name, existing, first), "linkat", name);
        _budget.Take(0);
        return true;
    }

    private static void CopyContent(Level level, byte[] name)
    {
        using SafeFd? from = FilesAt.TryOpenFile(level.Source, name, out Errno error);
        Check(error, "openat", name);
        using SafeFd? to = FilesAt.TryCreateFile(level.Target, name, OwnerOnly, out error);
        Check(error, "openat", name);
        Check(FdIO.CopyAll(from!, to!), "sendfile", name);
    }

    private void Enter(SafeFd source, SafeFd target, ReadOnlySpan<byte> name, byte[] path, in FileStatus status)
    {
        if (_levels.Count == Deepest)
        {
            throw new KeelsonException(ErrorKind.ResourceExhausted, $"directory '{CString.Show(name)}': more than {Deepest} directories deep");
        }

        CopyAttributes(source, target, name, status);
        SafeFd? from = FilesAt.TryOpenDirectory(source, name, out Errno error);
        SafeFd? to = from is null ? null : FilesAt.TryOpenDirectory(target, name, out error);
        if (from is null || to is null)
        {
            from?.Dispose();
            throw new LinuxException("openat", CString.Show(name), error);
        }

        var level = new Level(from, to, path, status.Modified);
        _levels.Push(level);
        var entries = new DirectoryEntries(from, _entries);
        while (entries.MoveNext())
        {
            if (!entries.Name.SequenceEqual("."u8) && !entries.Name.SequenceEqual(".."u8))
            {
                level.Remaining.Push(entries.Name.ToArray());
            }
        }
    }

    /// <summary>The order is the kernel's: a change of owner takes set-uid and file capabilities away.</summary>
    private void CopyAttributes(SafeFd source, SafeFd target, ReadOnlySpan<byte> name, in FileStatus status)
    {
        Check(FileMetadata.TrySetOwner(target, name, status.Uid, status.Gid), "fchownat", name);
        if (status.Kind != FileKind.SymbolicLink)
        {
            Check(FileMetadata.TrySetPermissions(target, name, status.Permissions), "fchmodat", name);
        }

        CopyExtended(source, target, name);
    }

    private void CopyExtended(SafeFd source, SafeFd target, ReadOnlySpan<byte> name)
    {
        using SafeFd? from = FilesAt.TryLocate(source, name, out Errno error);
        Check(error, "openat", name);
        _names ??= new byte[ListBytes];
        int length = FileMetadata.TryListExtendedOfLocated(from!, _names, out error);
        if (length <= 0)
        {
            CheckSupported(error, "listxattr", name);
            return;
        }

        using SafeFd? to = FilesAt.TryLocate(target, name, out error);
        Check(error, "openat", name);
        _value ??= new byte[ListBytes];
        for (ReadOnlySpan<byte> rest = _names.AsSpan(0, length); !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)0) + 1)..])
        {
            ReadOnlySpan<byte> attribute = rest[..rest.IndexOf((byte)0)];
            if (!BelongsToPlace(attribute))
            {
                int size = FileMetadata.TryGetExtendedOfLocated(from!, attribute, _value, out error);
                CheckSupported(error, "getxattr", name);
                CheckSupported(FileMetadata.TrySetExtendedOfLocated(to!, attribute, _value.AsSpan(0, Math.Max(size, 0))), "setxattr", name);
            }
        }
    }

    /// <summary>What says how the source lies in its layer, and the label that this host gave it, say nothing of the copy.</summary>
    private static bool BelongsToPlace(ReadOnlySpan<byte> attribute) =>
        attribute.StartsWith("trusted.overlay."u8) || attribute.StartsWith("user.overlay."u8) || attribute.SequenceEqual("security.selinux"u8);

    // EOPNOTSUPP: one of the file systems has no such attributes; a copy without them is worth more than none.
    private static void CheckSupported(Errno error, string call, ReadOnlySpan<byte> name)
    {
        if (error != Errno.EOPNOTSUPP)
        {
            Check(error, call, name);
        }
    }

    private static void Check(Errno error, string call, ReadOnlySpan<byte> name)
    {
        if (error != Errno.None)
        {
            throw new LinuxException(call, CString.Show(name), error);
        }
    }

    private static byte[] Join(byte[] directory, byte[] name) => directory.Length == 0 ? name : [.. directory, (byte)'/', .. name];

    private sealed class Level(SafeFd source, SafeFd target, byte[] path, FileTime modified) : IDisposable
    {
        internal SafeFd Source { get; } = source;

        internal SafeFd Target { get; } = target;

        /// <summary>Below the root of the copy; empty for the root.</summary>
        internal byte[] Path { get; } = path;

        internal FileTime Modified { get; } = modified;

        internal Stack<byte[]> Remaining { get; } = new();

        public void Dispose()
        {
            Source.Dispose();
            Target.Dispose();
        }
    }
}
