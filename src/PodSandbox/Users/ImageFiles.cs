using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes.Users;

/// <summary>
/// Reads single files of an image straight from its layers: no mount is made (unmounting an overlay costs a sync of
/// the file system). Layers never change, so what was read is kept by the topmost chain ID.
/// </summary>
internal sealed class ImageFiles
{
    private const int MaxLinks = 8;
    private const int MaxCached = 64;

    private readonly ConcurrentDictionary<Digest, ImageAccounts> _accounts = new();

    internal ImageAccounts Accounts(ResolvedImage image)
    {
        if (image.Layers.IsEmpty)
        {
            return ImageAccounts.Parse([], []);
        }

        Digest top = image.Layers[0].ChainId;
        if (!_accounts.TryGetValue(top, out ImageAccounts? accounts))
        {
            ImmutableArray<HostPath> layers = ImmutableArray.CreateRange(image.Layers, layer => layer.Directory);
            accounts = ImageAccounts.Parse(Read(layers, "etc/passwd"), Read(layers, "etc/group"));
            if (_accounts.Count >= MaxCached)
            {
                _accounts.Clear();
            }

            _accounts[top] = accounts;
        }

        return accounts;
    }

    /// <summary>The file's content; empty when the image has no such regular file.</summary>
    internal static byte[] Read(ImmutableArray<HostPath> layers, string path)
    {
        for (int links = 0; links <= MaxLinks; links++)
        {
            Found found = Find(layers, path, out byte[] content);
            if (found != Found.Link)
            {
                return content;
            }

            path = Join(path, Encoding.UTF8.GetString(content));
        }

        return [];
    }

    /// <summary>Looks from the topmost layer down, as overlayfs does; the content is a link's target where it is one.</summary>
    private static Found Find(ImmutableArray<HostPath> layers, string path, out byte[] content)
    {
        content = [];
        int slash = path.LastIndexOf('/');
        byte[] parent = Encoding.UTF8.GetBytes(slash < 0 ? string.Empty : path[..slash]);
        byte[] name = Encoding.UTF8.GetBytes(path[(slash + 1)..]);
        foreach (HostPath layer in layers)
        {
            using SafeFd? root = PlainFile.TryOpenDirectory(layer.Value, out _);
            using SafeFd? directory = root is null ? null : RootedPath.TryOpenDirectory(root, parent, out _);
            if (directory is null || FilesAt.TryGetStatus(directory, name, out FileStatus status) != Errno.None)
            {
                if (directory is not null && slash >= 0 && IsOpaque(layer, path[..slash]))
                {
                    return Found.Nothing;
                }

                continue;
            }

            switch (status.Kind)
            {
                case FileKind.Regular when status.SizeBytes <= AccountFile<PasswdEntry>.MaxBytes:
                    content = ReadAll(directory, name, (int)status.SizeBytes);
                    return Found.File;
                case FileKind.SymbolicLink:
                    byte[] target = new byte[4096];
                    int length = FilesAt.TryReadSymbolicLink(directory, name, target, out _);
                    content = length > 0 ? target[..length] : [];
                    return length > 0 ? Found.Link : Found.Nothing;
                default:
                    // A whiteout, or something that is no account file.
                    return Found.Nothing;
            }
        }

        return Found.Nothing;
    }

    private static bool IsOpaque(HostPath layer, string directory)
    {
        using SafeFd? root = PlainFile.TryOpenDirectory(layer.Value, out _);
        using SafeFd? opened = root is null ? null : RootedPath.TryOpenDirectory(root, Encoding.UTF8.GetBytes(directory), out _);
        return opened is not null
            && FileMetadata.TryGetExtended(opened, "trusted.overlay.opaque"u8, new byte[8], out _) is 1;
    }

    private static byte[] ReadAll(SafeFd directory, byte[] name, int size)
    {
        using SafeFd? file = FilesAt.TryOpenFile(directory, name, out _);
        byte[] content = new byte[size];
        int length = 0;
        while (file is not null && length < size && FdIO.Read(file, content.AsSpan(length), out _) is > 0 and int count)
        {
            length += count;
        }

        return content[..length];
    }

    private static string Join(string path, string target)
    {
        var parts = new List<string>(target.StartsWith('/') ? [] : path.Split('/')[..^1]);
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts = parts.Count > 0 ? parts[..^1] : parts;
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private enum Found
    {
        Nothing,
        File,
        Link,
    }
}
