namespace Keelson.Sandboxes;

/// <summary>Disk space of a container's writable layer.</summary>
/// <param name="TimestampNanoseconds">When it was scanned, Unix time.</param>
/// <param name="Mountpoint">A directory of the file system that holds it.</param>
/// <param name="UsedBytes">Allocated bytes.</param>
/// <param name="InodesUsed">Files and directories.</param>
public sealed record WritableLayerUsage(long TimestampNanoseconds, string Mountpoint, ulong UsedBytes, ulong InodesUsed);
