using System.Globalization;
using System.Text;

namespace Keelson.TestKit.Images;

/// <summary>Writes a tar archive entry by entry: ustar headers, with a PAX header where ustar has no room.</summary>
public sealed class TarBuilder
{
    private const int Block = 512;

    private readonly MemoryStream _bytes = new();

    public TarBuilder Add(TarEntry entry)
    {
        byte[] pax = PaxRecords(entry);
        if (pax.Length > 0)
        {
            Header(new TarEntry("PaxHeaders/entry", 'x'), pax.Length);
            Padded(pax);
        }

        Header(entry, entry.ClaimedSize ?? entry.Data.Length);
        Padded(entry.Data.Span);
        return this;
    }

    public TarBuilder Directory(string path, string mode = "0755", long uid = 0, long gid = 0) =>
        Add(new TarEntry(path.TrimEnd('/') + "/", '5') { Mode = Octal(mode), Uid = uid, Gid = gid });

    public TarBuilder File(string path, string text, string mode = "0644", long uid = 0, long gid = 0) =>
        File(path, Encoding.UTF8.GetBytes(text), mode, uid, gid);

    public TarBuilder File(string path, ReadOnlyMemory<byte> content, string mode = "0644", long uid = 0, long gid = 0) =>
        Add(new TarEntry(path, '0') { Data = content, Mode = Octal(mode), Uid = uid, Gid = gid });

    public TarBuilder Symlink(string path, string target) =>
        Add(new TarEntry(path, '2') { LinkName = target, Mode = Octal("0777") });

    public TarBuilder HardLink(string path, string target) =>
        Add(new TarEntry(path, '1') { LinkName = target });

    public TarBuilder CharacterDevice(string path, uint major, uint minor, string mode = "0600") =>
        Add(new TarEntry(path, '3') { DeviceMajor = major, DeviceMinor = minor, Mode = Octal(mode) });

    public TarBuilder Fifo(string path, string mode = "0600") =>
        Add(new TarEntry(path, '6') { Mode = Octal(mode) });

    /// <summary>Hides <paramref name="path"/> of the layers below.</summary>
    public TarBuilder Whiteout(string path)
    {
        int slash = path.LastIndexOf('/') + 1;
        return File($"{path[..slash]}.wh.{path[slash..]}", string.Empty);
    }

    /// <summary>Hides everything the layers below have in the directory <paramref name="path"/>.</summary>
    public TarBuilder Opaque(string path) => File($"{path}/.wh..wh..opq", string.Empty);

    /// <summary>Bytes as they are: for headers no honest writer makes.</summary>
    public TarBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>The archive with its two final zero blocks.</summary>
    public byte[] ToArray() => [.. _bytes.ToArray(), .. new byte[2 * Block]];

    /// <summary>The archive cut where it is, without the end mark.</summary>
    public byte[] ToArrayWithoutEnd() => _bytes.ToArray();

    internal static uint Octal(string digits) => Convert.ToUInt32(digits, 8);

    private static byte[] PaxRecords(TarEntry entry)
    {
        using var records = new MemoryStream();
        if (Encoding.UTF8.GetByteCount(entry.Name) > 100)
        {
            Record(records, "path", Encoding.UTF8.GetBytes(entry.Name));
        }

        if (Encoding.UTF8.GetByteCount(entry.LinkName) > 100)
        {
            Record(records, "linkpath", Encoding.UTF8.GetBytes(entry.LinkName));
        }

        if (entry.ModifiedNanoseconds % 1_000_000_000 != 0)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture, $"{entry.ModifiedNanoseconds / 1_000_000_000}.{entry.ModifiedNanoseconds % 1_000_000_000:D9}");
            Record(records, "mtime", Encoding.ASCII.GetBytes(text));
        }

        foreach ((string name, byte[] value) in entry.Attributes)
        {
            Record(records, "SCHILY.xattr." + name, value);
        }

        foreach ((string key, string value) in entry.Pax)
        {
            Record(records, key, Encoding.UTF8.GetBytes(value));
        }

        return records.ToArray();
    }

    private static void Record(MemoryStream records, string key, ReadOnlySpan<byte> value)
    {
        // The length counts its own digits, so it is found by trying.
        int rest = 1 + Encoding.UTF8.GetByteCount(key) + 1 + value.Length + 1;
        int length = rest;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        records.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")));
        records.Write(value);
        records.WriteByte((byte)'\n');
    }

    private void Header(TarEntry entry, long size)
    {
        byte[] header = new byte[Block];
        Text(header.AsSpan(0, 100), entry.Name);
        Number(header.AsSpan(100, 8), entry.Mode);
        Number(header.AsSpan(108, 8), entry.Uid);
        Number(header.AsSpan(116, 8), entry.Gid);
        Number(header.AsSpan(124, 12), size);
        Number(header.AsSpan(136, 12), Math.DivRem(entry.ModifiedNanoseconds, 1_000_000_000).Quotient);
        header.AsSpan(148, 8).Fill((byte)' ');
        header[156] = (byte)entry.Type;
        Text(header.AsSpan(157, 100), entry.LinkName);
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        Number(header.AsSpan(329, 8), entry.DeviceMajor);
        Number(header.AsSpan(337, 8), entry.DeviceMinor);
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header.AsSpan(148));
        _bytes.Write(header);
    }

    private static void Text(Span<byte> field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }

    private static void Number(Span<byte> field, long value)
    {
        string digits = value < 0 ? string.Empty : Convert.ToString(value, 8);
        if (value >= 0 && digits.Length < field.Length)
        {
            Encoding.ASCII.GetBytes(digits.PadLeft(field.Length - 1, '0')).CopyTo(field);
            return;
        }

        // GNU's base 256: big-endian two's complement with the top bit of the first byte set.
        for (int i = field.Length - 1; i >= 0; i--, value >>= 8)
        {
            field[i] = (byte)value;
        }

        field[0] |= 0x80;
    }

    private void Padded(ReadOnlySpan<byte> data)
    {
        _bytes.Write(data);
        _bytes.Write(new byte[(Block - (data.Length % Block)) % Block]);
    }
}
