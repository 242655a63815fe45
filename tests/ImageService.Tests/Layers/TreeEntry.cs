using Keelson.Linux;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>One entry of a tree on disk, as far as two trees must agree.</summary>
internal sealed record TreeEntry(
    string Path,
    FileKind Kind,
    uint Permissions,
    uint Uid,
    uint Gid,
    FileTime Modified,
    DeviceNumber Device,
    string Content,
    string Attributes,
    string SameInodeAs);
