using Keelson.Core;

namespace Keelson.Images;

/// <summary>What images take on disk.</summary>
/// <param name="Mountpoint">The directory that holds the layers; its file system is the image file system.</param>
/// <param name="UsedBytes">Bytes of unpacked layers and content.</param>
/// <param name="InodesUsed">Their inodes.</param>
/// <param name="TimestampNanoseconds">Unix time of the figures.</param>
public sealed record ImageFsUsage(HostPath Mountpoint, long UsedBytes, long InodesUsed, long TimestampNanoseconds);
