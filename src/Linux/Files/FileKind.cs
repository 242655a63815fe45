namespace Keelson.Linux;

/// <summary>The type bits of a mode.</summary>
public enum FileKind
{
    /// <summary>None of the others.</summary>
    Unknown = 0,

    /// <summary>S_IFIFO</summary>
    Fifo = 0x1000,

    /// <summary>S_IFCHR</summary>
    CharacterDevice = 0x2000,

    /// <summary>S_IFDIR</summary>
    Directory = 0x4000,

    /// <summary>S_IFBLK</summary>
    BlockDevice = 0x6000,

    /// <summary>S_IFREG</summary>
    Regular = 0x8000,

    /// <summary>S_IFLNK</summary>
    SymbolicLink = 0xa000,

    /// <summary>S_IFSOCK</summary>
    Socket = 0xc000,
}
