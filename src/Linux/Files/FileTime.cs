namespace Keelson.Linux;

/// <summary>A file's time stamp.</summary>
/// <param name="Seconds">Since 1970; may be negative.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct FileTime(long Seconds, uint Nanoseconds);
