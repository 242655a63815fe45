namespace Keelson.Linux;

/// <summary>Capacity of a file system.</summary>
/// <param name="TotalBytes">All.</param>
/// <param name="AvailableBytes">Left for unprivileged users.</param>
/// <param name="TotalInodes">All; 0 where the file system has no such bound.</param>
/// <param name="FreeInodes">Left.</param>
public readonly record struct FileSystemUsage(long TotalBytes, long AvailableBytes, long TotalInodes, long FreeInodes);
