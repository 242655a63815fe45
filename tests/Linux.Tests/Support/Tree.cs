using System.Text;
using Keelson.Core;

namespace Keelson.Linux.Tests;

/// <summary>A directory for one test, with what the framework has no calls for.</summary>
internal sealed class Tree : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-tree-");

    internal HostPath Path => HostPath.Parse(_directory.FullName);

    internal string At(string path) => System.IO.Path.Join(_directory.FullName, path);

    internal HostPath Make(string directory)
    {
        Directory.CreateDirectory(At(directory));
        return HostPath.Parse(At(directory));
    }

    internal void Write(string path, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    internal SafeFd Open(string directory) =>
        PlainFile.TryOpenDirectory(At(directory), out Errno error) ?? throw new LinuxException("open", directory, error);

    internal FileStatus Status(string path)
    {
        using SafeFd parent = Open(System.IO.Path.GetDirectoryName(path)!);
        Assert.Equal(Errno.None, FilesAt.TryGetStatus(parent, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), out FileStatus status));
        return status;
    }

    internal string? Attribute(string path, string attribute)
    {
        using SafeFd parent = Open(System.IO.Path.GetDirectoryName(path)!);
        using SafeFd located = FilesAt.TryLocate(parent, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), out _)!;
        byte[] value = new byte[256];
        int length = FileMetadata.TryGetExtendedOfLocated(located, Encoding.UTF8.GetBytes(attribute), value, out _);
        return length < 0 ? null : Encoding.UTF8.GetString(value, 0, length);
    }

    internal void SetAttribute(string path, string attribute, string value)
    {
        using SafeFd parent = Open(System.IO.Path.GetDirectoryName(path)!);
        using SafeFd located = FilesAt.TryLocate(parent, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), out _)!;
        Assert.Equal(
            Errno.None, FileMetadata.TrySetExtendedOfLocated(located, Encoding.UTF8.GetBytes(attribute), Encoding.UTF8.GetBytes(value)));
    }

    internal void Own(string path, uint uid, uint gid)
    {
        using SafeFd parent = Open(System.IO.Path.GetDirectoryName(path)!);
        Assert.Equal(Errno.None, FileMetadata.TrySetOwner(parent, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), uid, gid));
    }

    internal void Node(string path, FileKind kind, DeviceNumber device = default)
    {
        using SafeFd parent = Open(System.IO.Path.GetDirectoryName(path)!);
        Assert.Equal(Errno.None, FilesAt.TryMakeNode(parent, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), kind, 0x1a4, device));
    }

    public void Dispose() => TreeRemoval.Remove(Path);
}
