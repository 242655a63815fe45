using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>
/// Opens the directories that entries go into, inside the layer's root, and makes those the archive left out. Keeps the
/// last few open: archives are written directory by directory.
/// </summary>
/// <remarks>
/// Symbolic links among the parents are followed, as in <c>lib → usr/lib</c> followed by <c>lib/x</c>, but by the
/// kernel and within the root (openat2, RESOLVE_IN_ROOT), so neither a link to /etc nor <c>..</c> leads out
/// (CVE-2021-32760, CVE-2025-47290).
/// </remarks>
internal sealed class ParentDirectories(SafeFd root, ParentDirectories.Made made) : IDisposable
{
    private const int Kept = 8;
    private const int MostLinks = 40;
    private const uint DefaultPermissions = 0x1ED; // 0755

    /// <summary>Told of a directory that was made because an entry goes into it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="isNew">Whether the layer removed what the layers below have there.</param>
    internal delegate void Made(ReadOnlySpan<byte> path, bool isNew);

    private readonly Slot?[] _slots = new Slot?[Kept];
    private long _uses;
    private int _links;

    /// <summary>
    /// The directory at <paramref name="path"/>, made if missing. Stays open at least until the call after next, or
    /// until <see cref="Forget"/>.
    /// </summary>
    internal SafeFd Open(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return root;
        }

        foreach (Slot? slot in _slots)
        {
            if (slot is not null && path.SequenceEqual(slot.Path))
            {
                slot.LastUse = ++_uses;
                return slot.Fd;
            }
        }

        SafeFd fd = RootedPath.TryOpenDirectory(root, path, out Errno error) ?? (error is Errno.ENOENT or Errno.ENOTDIR
            ? Make(path)
            : throw Unusable(path, error));
        return Keep(path, fd);
    }

    /// <summary>Keeps a directory that the next entries probably go into. Takes ownership of <paramref name="fd"/>.</summary>
    internal SafeFd Keep(ReadOnlySpan<byte> path, SafeFd fd)
    {
        int oldest = 0;
        for (int i = 0; i < Kept; i++)
        {
            if (_slots[i] is not { } slot || path.SequenceEqual(slot.Path))
            {
                oldest = i;
                break;
            }

            if (slot.LastUse < _slots[oldest]!.LastUse)
            {
                oldest = i;
            }
        }

        _slots[oldest]?.Fd.Dispose();
        _slots[oldest] = new Slot(path.ToArray(), fd) { LastUse = ++_uses };
        return fd;
    }

    /// <summary>A directory or link was removed: paths may lead elsewhere now.</summary>
    internal void Forget()
    {
        for (int i = 0; i < Kept; i++)
        {
            _slots[i]?.Fd.Dispose();
            _slots[i] = null;
        }
    }

    public void Dispose() => Forget();

    private static Core.KeelsonException Unusable(ReadOnlySpan<byte> path, Errno error, string call = "openat2") => error switch
    {
        Errno.ENOTDIR or Errno.EEXIST => LayerErrors.Malformed(path, "an entry goes into it, but it is no directory"),
        Errno.ELOOP => LayerErrors.Malformed(path, "too many symbolic links"),
        Errno.ENOENT => LayerErrors.Malformed(path, "an entry goes into it, but it is a symbolic link to nothing"),
        _ => new LinuxException(call, LayerErrors.Show(path), error),
    };

    private SafeFd Make(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        SafeFd parent = Open(path[..Math.Max(0, slash)]);
        bool opaque = false;
        Errno error = FilesAt.TryMakeDirectory(parent, name, DefaultPermissions);
        if (error == Errno.EEXIST && FilesAt.TryGetStatus(parent, name, out FileStatus status) == Errno.None)
        {
            if (status.Kind == FileKind.SymbolicLink)
            {
                return MakeTarget(path, parent, name);
            }

            if (status.IsWhiteout)
            {
                // The layer hides what was there and starts anew.
                FilesAt.TryRemoveFile(parent, name);
                error = FilesAt.TryMakeDirectory(parent, name, DefaultPermissions);
                opaque = true;
            }
        }

        if (error != Errno.None)
        {
            throw Unusable(path, error, "mkdirat");
        }

        SafeFd fd = FilesAt.TryOpenDirectory(parent, name, out error) ?? throw Unusable(path, error);
        FileMetadata.TrySetOwner(fd, 0, 0);
        FileMetadata.TrySetPermissions(fd, DefaultPermissions);
        if (opaque)
        {
            Overlay.MakeOpaque(fd, path);
        }

        made(path, opaque);
        return fd;
    }

    /// <summary>A link whose target comes later in the archive: the target is made, where the link leads inside the root.</summary>
    private SafeFd MakeTarget(ReadOnlySpan<byte> path, SafeFd parent, ReadOnlySpan<byte> name)
    {
        byte[] target = new byte[4096];
        int length = FilesAt.TryReadSymbolicLink(parent, name, target, out Errno error);
        if (length <= 0 || ++_links > MostLinks)
        {
            throw Unusable(path, length <= 0 ? error : Errno.ELOOP);
        }

        var place = new EntryPath(new LayerLimits());
        ReadOnlySpan<byte> text = target.AsSpan(0, length);
        place.Set(text[0] == (byte)'/' ? text : [.. path[..(path.Length - name.Length)], .. text]);
        Open(place.Full);
        _links--;
        return RootedPath.TryOpenDirectory(root, path, out error) ?? throw Unusable(path, error);
    }

    private sealed class Slot(byte[] path, SafeFd fd)
    {
        public byte[] Path { get; } = path;

        public SafeFd Fd { get; } = fd;

        public long LastUse { get; set; }
    }
}
