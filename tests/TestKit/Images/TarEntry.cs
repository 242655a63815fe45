namespace Keelson.TestKit.Images;

/// <summary>One entry of a tar archive as it will be written, however wrong: names are not checked.</summary>
/// <param name="Name">As in the header: no leading slash unless the test wants one.</param>
/// <param name="Type">The type flag: <c>0</c> file, <c>1</c> hard link, <c>2</c> symlink, <c>3</c> char, <c>4</c> block, <c>5</c> directory, <c>6</c> FIFO.</param>
public sealed record TarEntry(string Name, char Type)
{
    public string LinkName { get; init; } = string.Empty;

    public ReadOnlyMemory<byte> Data { get; init; }

    public uint Mode { get; init; } = 0x1A4; // 0644

    public long Uid { get; init; }

    public long Gid { get; init; }

    /// <summary>Since 1970. A fraction of a second is written as a PAX record.</summary>
    public long ModifiedNanoseconds { get; init; } = 1_600_000_000_000_000_000;

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes, written as SCHILY.xattr records.</summary>
    public IReadOnlyDictionary<string, byte[]> Attributes { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Further PAX records as they are.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pax { get; init; } = [];

    /// <summary>Written into the header's size field instead of the length of <see cref="Data"/>.</summary>
    public long? ClaimedSize { get; init; }
}
