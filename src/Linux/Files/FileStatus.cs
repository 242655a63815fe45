namespace Keelson.Linux;

/// <summary>What statx(2) says about one file.</summary>
public readonly record struct FileStatus
{
    /// <summary>What it is.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Permission bits with set-uid, set-gid and sticky: 07777.</summary>
    public required uint Permissions { get; init; }

    /// <summary>Owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>Group.</summary>
    public required uint Gid { get; init; }

    /// <summary>How many names the file has.</summary>
    public required uint Links { get; init; }

    /// <summary>Number within <see cref="FileSystem"/>.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The file system it is on.</summary>
    public required DeviceNumber FileSystem { get; init; }

    /// <summary>For a device node: the device.</summary>
    public required DeviceNumber Device { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Space taken, in bytes.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>When the content changed.</summary>
    public required FileTime Modified { get; init; }

    /// <summary>Whether overlayfs would hide the name: character device 0:0.</summary>
    public bool IsWhiteout => Kind == FileKind.CharacterDevice && Device == default;
}
