namespace Keelson.Images.Layers;

/// <summary>The fields of one 512-byte header block: v7, ustar (POSIX), GNU and star agree on most.</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    internal const int BlockBytes = 512;

    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;

    private readonly ReadOnlySpan<byte> _block = block;

    internal byte Type => _block[156];

    internal ReadOnlySpan<byte> Name => Text(0, 100);

    internal ReadOnlySpan<byte> LinkName => Text(157, 100);

    /// <summary>
    /// POSIX alone puts the front of a long name here; GNU keeps times and sparse maps in the same bytes, star ends it early.
    /// </summary>
    internal ReadOnlySpan<byte> Prefix
    {
        get
        {
            if (!_block.Slice(257, 6).SequenceEqual("ustar\0"u8))
            {
                return [];
            }

            bool star = _block.Slice(508, 4).SequenceEqual("tar\0"u8);
            return Text(345, star ? 131 : 155);
        }
    }

    internal long Mode => Number(100, 8);

    internal long Uid => Number(108, 8);

    internal long Gid => Number(116, 8);

    internal long Size => Number(124, 12);

    internal long Modified => Number(136, 12);

    internal long DeviceMajor => Number(329, 8);

    internal long DeviceMinor => Number(337, 8);

    internal bool IsZero => !_block.ContainsAnyExcept((byte)0);

    /// <summary>Compares the checksum, which old archivers summed as signed bytes.</summary>
    internal void CheckSum()
    {
        long unsigned = ChecksumBytes * ' ';
        long signed = unsigned;
        for (int i = 0; i < BlockBytes; i++)
        {
            if (i is < ChecksumAt or >= ChecksumAt + ChecksumBytes)
            {
                unsigned += _block[i];
                signed += (sbyte)_block[i];
            }
        }

        long told = Number(ChecksumAt, ChecksumBytes);
        if (told != unsigned && told != signed)
        {
            throw LayerErrors.Malformed("the tar has a header with a wrong checksum");
        }
    }

    private ReadOnlySpan<byte> Text(int start, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(start, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private long Number(int start, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(start, length);
        return TarNumber.TryParseField(field, out long value)
            ? value
            : throw LayerErrors.Malformed($"the tar has a header with a bad number '{LayerErrors.Show(field)}'");
    }
}
