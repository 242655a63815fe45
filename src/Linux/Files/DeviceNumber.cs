namespace Keelson.Linux;

/// <summary>Names a device or a mounted file system.</summary>
/// <param name="Major">The driver.</param>
/// <param name="Minor">Its device.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>dev_t of the C library, as makedev(3) makes it.</summary>
    internal ulong Encoded =>
        ((ulong)(Major & 0xfffff000) << 32) | ((ulong)(Major & 0xfff) << 8) | ((ulong)(Minor & 0xffffff00) << 12) | (Minor & 0xff);
}
