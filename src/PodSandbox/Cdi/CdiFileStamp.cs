using Keelson.Linux;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Equal for as long as a file has not changed.</summary>
internal readonly record struct CdiFileStamp(string RealPath, FileKind Kind, long SizeBytes, FileTime Modified, ulong Inode);
