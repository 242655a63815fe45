using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>What overlayfs would show of a stack of layers, one name at a time and without mounting it.</summary>
internal sealed class LayerView : IDisposable
{
    private readonly SafeFd[] _roots;

    /// <param name="layers">The topmost first.</param>
    /// <exception cref="LinuxException">One cannot be opened.</exception>
    internal LayerView(List<HostPath> layers) => _roots =
        [.. layers.ConvertAll(path => PlainFile.TryOpenDirectory(path.Value, out Errno error) ?? throw new LinuxException("open", path.Value, error))];

    /// <summary>
    /// Looks <paramref name="path"/> up; false when the stack does not show it. Links are not followed: a path that
    /// leads over one is not shown.
    /// </summary>
    /// <param name="path">Below the root, without <c>.</c> and <c>..</c>; empty is the root.</param>
    /// <param name="status">What it is.</param>
    /// <param name="link">The target where it is a symbolic link, else empty.</param>
    internal bool TryFind(ReadOnlySpan<byte> path, out FileStatus status, out byte[] link)
    {
        foreach (SafeFd root in _roots)
        {
            if (Look(root, path, out status, out link) is { } isShown)
            {
                return isShown;
            }
        }

        status = default;
        link = [];
        return false;
    }

    public void Dispose()
    {
        foreach (SafeFd root in _roots)
        {
            root.Dispose();
        }
    }

    internal static bool IsOpaque(SafeFd directory)
    {
        Span<byte> value = stackalloc byte[4];
        return FileMetadata.TryGetExtended(directory, "trusted.overlay.opaque"u8, value, out _) == 1 && value[0] == (byte)'y';
    }

    internal static byte[] ReadLink(SafeFd directory, ReadOnlySpan<byte> name)
    {
        byte[] target = new byte[4096];
        int length = FilesAt.TryReadSymbolicLink(directory, name, target, out Errno error);
        return length < 0 ? throw new LinuxException("readlinkat", LayerErrors.Show(name), error) : target[..length];
    }

    /// <summary>One layer's answer: shown, hidden, or null when the layers below are to be asked.</summary>
    private static bool? Look(SafeFd root, ReadOnlySpan<byte> path, out FileStatus status, out byte[] link)
    {
        link = [];
        if (path.IsEmpty)
        {
            return FileMetadata.TryGetStatus(root, out status) == Errno.None;
        }

        SafeFd directory = root;
        bool hidesBelow = false;
        try
        {
            while (true)
            {
                hidesBelow |= directory != root && IsOpaque(directory);
                int slash = path.IndexOf((byte)'/');
                ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
                if (FilesAt.TryGetStatus(directory, name, out status) != Errno.None)
                {
                    return hidesBelow ? false : null;
                }

                if (slash < 0)
                {
                    link = status.Kind == FileKind.SymbolicLink ? ReadLink(directory, name) : [];
                    return !status.IsWhiteout;
                }

                SafeFd? next = FilesAt.TryOpenDirectory(directory, name, out _);
                if (next is null)
                {
                    return false;
                }

                CloseUnless(directory, root);
                directory = next;
                path = path[(slash + 1)..];
            }
        }
        finally
        {
            CloseUnless(directory, root);
        }
    }

    private static void CloseUnless(SafeFd directory, SafeFd root)
    {
        if (directory != root)
        {
            directory.Dispose();
        }
    }
}
