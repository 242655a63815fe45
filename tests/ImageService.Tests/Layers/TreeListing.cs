using System.Security.Cryptography;
using System.Text;
using Keelson.Linux;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>Reads a tree back, sorted by path, looking at links themselves.</summary>
internal static class TreeListing
{
    private static readonly string[] Attributes =
        ["user.note", "user.other", "trusted.note", "security.capability", "trusted.overlay.opaque", "trusted.overlay.redirect"];

    public static IReadOnlyList<TreeEntry> Of(string directory)
    {
        using SafeFd root = PlainFile.TryOpenDirectory(directory, out Errno error) ?? throw new InvalidOperationException($"{directory}: {error}");
        var entries = new List<TreeEntry>();
        Walk(root, string.Empty, entries, []);
        return [.. entries.OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }

    public static TreeEntry? Find(string directory, string path) => Of(directory).SingleOrDefault(entry => entry.Path == path);

    private static void Walk(SafeFd directory, string prefix, List<TreeEntry> entries, Dictionary<ulong, string> inodes)
    {
        foreach (byte[] name in Names(directory))
        {
            Assert.Equal(Errno.None, FilesAt.TryGetStatus(directory, name, out FileStatus status));
            string path = prefix + Encoding.UTF8.GetString(name);
            string first = inodes.TryGetValue(status.Inode, out string? other) && status.Kind != FileKind.Directory ? other : string.Empty;
            inodes.TryAdd(status.Inode, path);
            entries.Add(new TreeEntry(
                path, status.Kind, status.Permissions, status.Uid, status.Gid, status.Modified, status.Device,
                Content(directory, name, status), AttributesOf(directory, name, status), first));
            if (status.Kind == FileKind.Directory)
            {
                using SafeFd child = FilesAt.TryOpenDirectory(directory, name, out _)!;
                Walk(child, path + "/", entries, inodes);
            }
        }
    }

    private static List<byte[]> Names(SafeFd directory)
    {
        var names = new List<byte[]>();
        var walk = new DirectoryEntries(directory, new byte[4096]);
        while (walk.MoveNext())
        {
            if (!walk.Name.SequenceEqual("."u8) && !walk.Name.SequenceEqual(".."u8))
            {
                names.Add(walk.Name.ToArray());
            }
        }

        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    private static string Content(SafeFd directory, byte[] name, FileStatus status)
    {
        switch (status.Kind)
        {
            case FileKind.SymbolicLink:
                byte[] target = new byte[4096];
                return Encoding.UTF8.GetString(target, 0, FilesAt.TryReadSymbolicLink(directory, name, target, out _));
            case FileKind.Regular:
                using (SafeFd file = FilesAt.TryOpenFile(directory, name, out _)!)
                {
                    byte[] content = new byte[status.SizeBytes];
                    for (int done = 0; done < content.Length;)
                    {
                        done += FdIO.Read(file, content.AsSpan(done), out _);
                    }

                    return content.Length <= 64 ? Encoding.UTF8.GetString(content) : Convert.ToHexString(SHA256.HashData(content));
                }

            default:
                return string.Empty;
        }
    }

    private static string AttributesOf(SafeFd directory, byte[] name, FileStatus status)
    {
        if (status.Kind is not (FileKind.Regular or FileKind.Directory))
        {
            return string.Empty;
        }

        using SafeFd file = FilesAt.TryOpenFile(directory, name, out _)!;
        var found = new StringBuilder();
        byte[] value = new byte[1024];
        foreach (string attribute in Attributes)
        {
            int length = FileMetadata.TryGetExtended(file, Encoding.ASCII.GetBytes(attribute), value, out _);
            if (length >= 0)
            {
                found.Append($"{attribute}={Convert.ToHexString(value, 0, length)};");
            }
        }

        return found.ToString();
    }
}
