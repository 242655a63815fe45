using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>
/// Reads a tar archive forwards, holding one entry at a time: ustar, PAX and GNU long names. Sparse files and
/// multi-volume archives are refused. Where PAX gives a size, that size alone says where the next header is.
/// </summary>
internal sealed class TarReader(ChunkReader bytes, LayerLimits limits)
{
    private readonly byte[] _block = new byte[TarHeader.BlockBytes];
    private readonly TarExtensions _extensions = new(limits);
    private byte[] _name = [];
    private byte[] _linkName = [];
    private long _contentLeft;
    private int _padding;
    private int _headers;
    private int _hardLinks;

    /// <summary>As in the archive: not cleaned, not checked.</summary>
    internal ReadOnlySpan<byte> Name => _name;

    /// <summary>Target of a link, as in the archive.</summary>
    internal ReadOnlySpan<byte> LinkName => _linkName;

    internal TarEntryKind Kind { get; private set; }

    /// <summary>07777</summary>
    internal uint Permissions { get; private set; }

    internal uint Uid { get; private set; }

    internal uint Gid { get; private set; }

    internal FileTime Modified { get; private set; }

    internal DeviceNumber Device { get; private set; }

    /// <summary>Of a file's content; other kinds have none, whatever their header says.</summary>
    internal long Size { get; private set; }

    internal IReadOnlyList<TarAttribute> Attributes => _extensions.Attributes;

    /// <summary>Goes to the next entry, over what is left of this one; false at the end mark or the end of the data.</summary>
    internal bool MoveNext()
    {
        if (!bytes.Skip(_contentLeft + _padding))
        {
            throw CutOff();
        }

        _contentLeft = 0;
        _padding = 0;
        _extensions.Clear();
        while (ReadHeader())
        {
            var header = new TarHeader(_block);
            if (!ReadExtension(header))
            {
                Accept(header);
                return true;
            }
        }

        return _extensions.Pending ? throw CutOff() : false;
    }

    /// <summary>The next part of the file's content, valid until the next call; empty at its end.</summary>
    internal ReadOnlySpan<byte> ReadContent()
    {
        if (_contentLeft == 0)
        {
            return [];
        }

        ReadOnlySpan<byte> part = bytes.Take(_contentLeft);
        _contentLeft -= part.Length;
        return part.IsEmpty ? throw CutOff() : part;
    }

    private static int PaddingOf(long size) => (int)(-size & (TarHeader.BlockBytes - 1));

    private static Core.KeelsonException CutOff() => LayerErrors.Malformed("the tar is cut off inside an entry");

    /// <summary>False at the end: a zero block and another, or no more data (some archivers write no end mark).</summary>
    private bool ReadHeader()
    {
        int count = bytes.Read(_block);
        if (count == 0)
        {
            return false;
        }

        if (count < TarHeader.BlockBytes)
        {
            throw CutOff();
        }

        var header = new TarHeader(_block);
        if (header.IsZero)
        {
            // Another reader might go on after a single zero block, and see another image than we do.
            return bytes.Read(_block) == TarHeader.BlockBytes && !new TarHeader(_block).IsZero
                ? throw LayerErrors.Malformed("the tar goes on after a zero block")
                : false;
        }

        header.CheckSum();
        return ++_headers <= limits.Entries ? true : throw LayerErrors.TooMuch($"the layer has more than {limits.Entries} headers");
    }

    /// <summary>Whether the header is about other entries, and was read with its content.</summary>
    private bool ReadExtension(in TarHeader header)
    {
        switch ((char)header.Type)
        {
            case 'x' or 'X':
                _extensions.Parse(ReadSmall(header.Size, limits.ExtendedHeaderBytes));
                break;
            case 'L':
                _extensions.GnuName = UpToNul(ReadSmall(header.Size, limits.PathBytes + 1));
                break;
            case 'K':
                _extensions.GnuLink = UpToNul(ReadSmall(header.Size, limits.PathBytes + 1));
                break;
            case 'g':
                // Defaults for all entries, in practice a comment (git archive). Image tools ignore them, so do we.
                CheckSize(header.Size);
                if (!bytes.Skip(header.Size + PaddingOf(header.Size)))
                {
                    throw CutOff();
                }

                return true;
            default:
                return false;
        }

        _extensions.Pending = true;
        return true;
    }

    private void Accept(in TarHeader header)
    {
        _name = _extensions.GnuName ?? _extensions.Path ?? HeaderName(header);
        _linkName = _extensions.GnuLink ?? _extensions.LinkPath ?? header.LinkName.ToArray();
        Kind = KindOf((char)header.Type);
        Permissions = (uint)header.Mode & 0xfff;
        Uid = Owner(_extensions.Uid ?? header.Uid);
        Gid = Owner(_extensions.Gid ?? header.Gid);
        Modified = _extensions.Modified ?? new FileTime(header.Modified, 0);
        Device = Kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice
            ? new DeviceNumber(DevicePart(header.DeviceMajor), DevicePart(header.DeviceMinor))
            : default;

        // Links, directories and devices carry no content even where their size field says so: that is how the common
        // readers see it, and disagreeing on it would show two readers two images.
        Size = Kind == TarEntryKind.File ? _extensions.Size ?? header.Size : 0;
        CheckSize(Size);
        _contentLeft = Size;
        _padding = PaddingOf(Size);
        if (Kind == TarEntryKind.HardLink && ++_hardLinks > limits.HardLinks)
        {
            throw LayerErrors.TooMuch($"the layer has more than {limits.HardLinks} hard links");
        }
    }

    /// <summary>Before it is added to: a sum past the largest number would be a step back into data already read.</summary>
    private void CheckSize(long size)
    {
        if (size < 0)
        {
            throw LayerErrors.Malformed("the tar has an entry of negative size");
        }

        if (size > limits.UnpackedBytes)
        {
            throw LayerErrors.TooMuch($"the tar has an entry of {size} bytes, more than {limits.UnpackedBytes}");
        }
    }

    private static byte[] HeaderName(in TarHeader header) =>
        header.Prefix.IsEmpty ? header.Name.ToArray() : [.. header.Prefix, (byte)'/', .. header.Name];

    private TarEntryKind KindOf(char type) => type switch
    {
        // v7 had no directory type: a slash at the end made one.
        '\0' => Name.EndsWith("/"u8) ? TarEntryKind.Directory : TarEntryKind.File,
        '0' or '7' => TarEntryKind.File,
        '1' => TarEntryKind.HardLink,
        '2' => TarEntryKind.SymbolicLink,
        '3' => TarEntryKind.CharacterDevice,
        '4' => TarEntryKind.BlockDevice,
        '5' => TarEntryKind.Directory,
        '6' => TarEntryKind.Fifo,
        'S' => throw LayerErrors.Malformed(_name, "sparse files are not supported"),
        _ => throw LayerErrors.Malformed(_name, $"entries of type 0x{(int)type:x2} are not supported"),
    };

    // -1 means "leave as it is" to chown(2), which would make the entry root's.
    private uint Owner(long id) => id is >= 0 and < uint.MaxValue
        ? (uint)id
        : throw LayerErrors.Malformed(_name, $"owner {id} is out of range");

    private uint DevicePart(long number) => number is >= 0 and <= uint.MaxValue
        ? (uint)number
        : throw LayerErrors.Malformed(_name, $"device number {number} is out of range");

    private byte[] ReadSmall(long size, int most)
    {
        if (size < 0 || size > most)
        {
            throw LayerErrors.TooMuch($"the tar has an extended header of {size} bytes, more than {most}");
        }

        byte[] content = new byte[size];
        return bytes.Read(content) == size && bytes.Skip(PaddingOf(size)) ? content : throw CutOff();
    }

    private static byte[] UpToNul(byte[] text)
    {
        int end = text.AsSpan().IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }
}
