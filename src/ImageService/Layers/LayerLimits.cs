namespace Keelson.Images.Layers;

/// <summary>
/// How much of this machine one layer may claim. Layers are written by strangers: each bound stops an archive that is
/// cheap to send and dear to unpack. The defaults are far above what real images hold.
/// </summary>
internal sealed record LayerLimits
{
    /// <summary>Of the uncompressed tar. Gzip packs zeros a thousandfold.</summary>
    public long UnpackedBytes { get; init; } = 128L << 30;

    /// <summary>Headers in the archive, and parent directories made without one: each costs an inode and system calls.</summary>
    public int Entries { get; init; } = 4_000_000;

    /// <summary>Hard links in the archive.</summary>
    public int HardLinks { get; init; } = 1_000_000;

    /// <summary>Of an entry's name and of a link's target; PATH_MAX less its NUL.</summary>
    public int PathBytes { get; init; } = 4095;

    /// <summary>Components of an entry's name: every lookup walks them all, so depth multiplies the cost of each entry.</summary>
    public int PathDepth { get; init; } = 256;

    /// <summary>Of one PAX header, which is held in memory (CVE-2025-58183 was a reader without such a bound).</summary>
    public int ExtendedHeaderBytes { get; init; } = 1 << 20;

    /// <summary>Extended attributes of one entry.</summary>
    public int Attributes { get; init; } = 64;

    /// <summary>Value of one extended attribute; the kernel's XATTR_SIZE_MAX.</summary>
    public int AttributeBytes { get; init; } = 64 << 10;

    /// <summary>
    /// Window a zstd frame may ask for, as a power of two; the decoder allocates it. 27, i.e. 128 MiB, is what zstd
    /// itself accepts unasked.
    /// </summary>
    public int ZstdWindowLog { get; init; } = 27;
}
