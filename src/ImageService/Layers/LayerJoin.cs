using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>
/// Fits a layer that was unpacked by itself to the layers below it. An archive need not hold the directories its entries
/// are in; whoever unpacks in order finds them below, as a directory with an owner and a mode of its own (a /tmp of
/// 1777), or as a symbolic link (a /lib that is usr/lib). Unpacked apart, they are plain directories, which overlayfs
/// would show in place of what is below.
/// </summary>
/// <remarks>Doing it again changes nothing, so a pull that dies in the middle does no harm.</remarks>
internal sealed class LayerJoin : IDisposable
{
    private const int MostLinks = 40;
    private const uint DefaultPermissions = 0x1ED; // 0755

    private readonly SafeFd _layer;
    private readonly LayerView _below;

    private LayerJoin(HostPath layer, List<HostPath> below)
    {
        _layer = PlainFile.TryOpenDirectory(layer.Value, out Errno error) ?? throw new LinuxException("open", layer.Value, error);
        _below = new LayerView(below);
    }

    /// <summary>Fits one layer.</summary>
    /// <param name="layer">Its tree.</param>
    /// <param name="below">The trees below, the topmost first, already fitted.</param>
    /// <param name="implied">The directories its archive did not hold; empty text is the root.</param>
    /// <exception cref="LinuxException">The disk.</exception>
    internal static void Run(HostPath layer, List<HostPath> below, IEnumerable<byte[]> implied)
    {
        using var join = new LayerJoin(layer, below);

        // Parents first: one that turns out to be a link takes its children along.
        foreach (byte[] path in implied.OrderBy(path => path.Length))
        {
            join.Fit(path);
        }
    }

    public void Dispose()
    {
        _layer.Dispose();
        _below.Dispose();
    }

    private void Fit(byte[] path)
    {
        using SafeFd? own = RootedPath.TryOpenDirectoryWithoutLinks(_layer, path, out _);
        if (own is null || HidesBelow(path) || !_below.TryFind(path, out FileStatus status, out byte[] link))
        {
            return;
        }

        if (status.Kind == FileKind.Directory)
        {
            Dress(own, status, path);
        }
        else if (status.Kind == FileKind.SymbolicLink && Resolve(path, link) is { } target && MakeDirectory(target) is { } destination)
        {
            using (destination)
            {
                Move(own, destination);
            }

            RemoveEmpty(path);
        }
    }

    private static void Dress(SafeFd directory, in FileStatus like, ReadOnlySpan<byte> path)
    {
        Check(FileMetadata.TrySetOwner(directory, like.Uid, like.Gid), "fchown", path);
        Check(FileMetadata.TrySetPermissions(directory, like.Permissions), "fchmod", path);
        Check(FileMetadata.TrySetTimes(directory, like.Modified), "futimens", path);
    }

    /// <summary>Whether a directory above <paramref name="path"/> in this layer says that nothing below counts.</summary>
    private bool HidesBelow(ReadOnlySpan<byte> path)
    {
        for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path.LastIndexOf((byte)'/'))
        {
            path = path[..slash];
            using SafeFd? above = RootedPath.TryOpenDirectoryWithoutLinks(_layer, path, out _);
            if (above is not null && LayerView.IsOpaque(above))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the link at <paramref name="path"/> leads, free of links; null when it leads in circles.</summary>
    private byte[]? Resolve(byte[] path, byte[] link)
    {
        var pending = new Stack<byte[]>();
        var done = new List<byte[]>(Split(path)[..^1]);
        Push(link, pending, done);
        for (int links = 0; pending.TryPop(out byte[]? name);)
        {
            if (name is [(byte)'.', (byte)'.'])
            {
                done.RemoveRange(Math.Max(0, done.Count - 1), Math.Min(1, done.Count));
                continue;
            }

            done.Add(name);
            if (_below.TryFind(Join(done), out FileStatus status, out byte[] next) && status.Kind == FileKind.SymbolicLink)
            {
                if (++links > MostLinks)
                {
                    return null;
                }

                done.RemoveAt(done.Count - 1);
                Push(next, pending, done);
            }
        }

        return Join(done);
    }

    private static void Push(byte[] link, Stack<byte[]> pending, List<byte[]> done)
    {
        if (link is [(byte)'/', ..])
        {
            done.Clear();
        }

        foreach (byte[] name in Split(link).Where(name => name is not ([] or [(byte)'.'])).Reverse())
        {
            pending.Push(name);
        }
    }

    /// <summary>The directory in this layer, made like those below where it is missing; null when the layer has something else there.</summary>
    private SafeFd? MakeDirectory(byte[] path)
    {
        var done = new List<byte[]>();
        foreach (byte[] name in Split(path).Where(name => name.Length > 0))
        {
            using SafeFd? parent = RootedPath.TryOpenDirectoryWithoutLinks(_layer, Join(done), out _);
            done.Add(name);
            if (parent is not null && FilesAt.TryMakeDirectory(parent, name, DefaultPermissions) == Errno.None
                && FilesAt.TryOpenDirectory(parent, name, out _) is { } made)
            {
                using (made)
                {
                    byte[] here = Join(done);
                    FileMetadata.TrySetPermissions(made, DefaultPermissions);
                    if (_below.TryFind(here, out FileStatus status, out _) && status.Kind == FileKind.Directory)
                    {
                        Dress(made, status, here);
                    }
                }
            }
        }

        return RootedPath.TryOpenDirectoryWithoutLinks(_layer, path, out _);
    }

    /// <summary>Moves all entries of one directory into another; directories of both merge, else the moved entry stays.</summary>
    private static void Move(SafeFd from, SafeFd to)
    {
        foreach (byte[] name in Names(from))
        {
            Errno error = FilesAt.TryRename(from, name, to, name, replace: false);
            if (error == Errno.EEXIST)
            {
                using SafeFd? source = FilesAt.TryOpenDirectory(from, name, out _);
                using SafeFd? target = FilesAt.TryOpenDirectory(to, name, out _);
                if (source is not null && target is not null)
                {
                    Move(source, target);
                    error = FilesAt.TryRemoveDirectory(from, name);
                }
                else
                {
                    TreeRemoval.Remove(to, name);
                    error = FilesAt.TryRename(from, name, to, name, replace: false);
                }
            }

            Check(error, "renameat2", name);
        }
    }

    private void RemoveEmpty(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        using SafeFd? parent = RootedPath.TryOpenDirectoryWithoutLinks(_layer, path[..Math.Max(0, slash)], out Errno error);
        Check(parent is null ? error : FilesAt.TryRemoveDirectory(parent, path[(slash + 1)..]), "unlinkat", path);
    }

    private static List<byte[]> Names(SafeFd directory)
    {
        var names = new List<byte[]>();
        var entries = new DirectoryEntries(directory, new byte[32 * 1024]);
        while (entries.MoveNext())
        {
            if (!entries.Name.SequenceEqual("."u8) && !entries.Name.SequenceEqual(".."u8))
            {
                names.Add(entries.Name.ToArray());
            }
        }

        return names;
    }

    private static byte[][] Split(byte[] path)
    {
        var names = new List<byte[]>();
        foreach (Range range in path.AsSpan().Split((byte)'/'))
        {
            names.Add(path[range]);
        }

        return [.. names];
    }

    private static byte[] Join(List<byte[]> names)
    {
        var path = new List<byte>();
        foreach (byte[] name in names)
        {
            if (path.Count > 0)
            {
                path.Add((byte)'/');
            }

            path.AddRange(name);
        }

        return [.. path];
    }

    private static void Check(Errno error, string call, ReadOnlySpan<byte> path)
    {
        if (error != Errno.None)
        {
            throw new LinuxException(call, LayerErrors.Show(path), error);
        }
    }
}
