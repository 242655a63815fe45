using Keelson.Core;

namespace Keelson.Linux;

/// <summary>
/// What a directory tree takes on disk, counting each inode once. Made for trees that change meanwhile (a container's
/// writable layer): what vanishes during the walk is not counted, links are not followed.
/// </summary>
/// <param name="Bytes">Allocated.</param>
/// <param name="Inodes">Files, directories and everything else.</param>
public readonly record struct TreeUsage(long Bytes, long Inodes)
{
    /// <summary>Relative paths grow to this before a directory is kept open to start from; PATH_MAX bounds one call.</summary>
    private const int LongestRelativePath = 2048;

    /// <summary>Walks <paramref name="directory"/>.</summary>
    /// <exception cref="LinuxException">The directory itself cannot be opened.</exception>
    public static TreeUsage Measure(HostPath directory)
    {
        SafeFd root = PlainFile.TryOpenDirectory(directory.Value, out Errno error)
            ?? throw new LinuxException("open", directory.Value, error);
        var pending = new Stack<(Base Base, byte[] Path)>();
        try
        {
            FileMetadata.TryGetStatus(root, out FileStatus status);
            var sum = new Sum(status.AllocatedBytes);
            pending.Push((new Base(root) { Pending = 1 }, []));
            Span<byte> buffer = stackalloc byte[8 * 1024];
            while (pending.TryPop(out (Base Base, byte[] Path) next))
            {
                Visit(next.Base, next.Path, buffer, pending, sum);
                next.Base.Release();
            }

            return new TreeUsage(sum.Bytes, sum.Inodes);
        }
        finally
        {
            foreach ((Base left, _) in pending)
            {
                left.Fd.Dispose();
            }

            root.Dispose();
        }
    }

    private static void Visit(Base from, byte[] path, Span<byte> buffer, Stack<(Base Base, byte[] Path)> pending, Sum sum)
    {
        SafeFd? fd = RootedPath.TryOpenDirectoryWithoutLinks(from.Fd, path, out _);
        if (fd is null)
        {
            return;
        }

        bool asBase = path.Length > LongestRelativePath;
        var place = asBase ? new Base(fd) { Pending = 1 } : from;
        byte[] prefix = asBase ? [] : path;
        try
        {
            var entries = new DirectoryEntries(fd, buffer);
            while (entries.MoveNext())
            {
                ReadOnlySpan<byte> name = entries.Name;
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)
                    || FilesAt.TryGetStatus(fd, name, out FileStatus status) != Errno.None
                    || !sum.Add(status))
                {
                    continue;
                }

                if (status.Kind == FileKind.Directory)
                {
                    place.Pending++;
                    pending.Push((place, prefix.Length == 0 ? name.ToArray() : [.. prefix, (byte)'/', .. name]));
                }
            }
        }
        finally
        {
            if (asBase)
            {
                place.Release();
            }
            else
            {
                fd.Dispose();
            }
        }
    }

    /// <summary>An open directory that pending paths are relative to, closed with the last of them.</summary>
    private sealed class Base(SafeFd fd)
    {
        public SafeFd Fd { get; } = fd;

        public int Pending { get; set; }

        public void Release()
        {
            if (--Pending == 0)
            {
                Fd.Dispose();
            }
        }
    }

    private sealed class Sum(long bytes)
    {
        private readonly HashSet<(DeviceNumber, ulong)> _linked = [];

        public long Bytes { get; private set; } = bytes;

        public long Inodes { get; private set; } = 1;

        public bool Add(in FileStatus status)
        {
            if (status.Kind != FileKind.Directory && status.Links > 1 && !_linked.Add((status.FileSystem, status.Inode)))
            {
                return false;
            }

            Bytes += status.AllocatedBytes;
            Inodes++;
            return true;
        }
    }
}
