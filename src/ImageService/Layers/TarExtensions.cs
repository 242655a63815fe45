using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>What the headers before an entry say about it in place of the entry's own: PAX records and GNU long names.</summary>
internal sealed class TarExtensions(LayerLimits limits)
{
    private static ReadOnlySpan<byte> AttributePrefix => "SCHILY.xattr."u8;

    internal byte[]? Path { get; private set; }

    internal byte[]? LinkPath { get; private set; }

    internal byte[]? GnuName { get; set; }

    internal byte[]? GnuLink { get; set; }

    internal long? Size { get; private set; }

    internal long? Uid { get; private set; }

    internal long? Gid { get; private set; }

    internal FileTime? Modified { get; private set; }

    internal List<TarAttribute> Attributes { get; } = [];

    /// <summary>Whether a header was seen that the next entry must answer to.</summary>
    internal bool Pending { get; set; }

    internal void Clear()
    {
        Forget();
        GnuName = null;
        GnuLink = null;
        Pending = false;
    }

    /// <summary>Reads the records of one PAX header; those of an earlier one are void.</summary>
    internal void Parse(ReadOnlySpan<byte> records)
    {
        Forget();
        while (!records.IsEmpty)
        {
            // "<length> <key>=<value>\n": the length covers the record whole, and the value may hold any byte.
            int space = records.IndexOf((byte)' ');
            if (space <= 0
                || !TarNumber.TryParseDecimal(records[..space], out long length)
                || length <= space + 1
                || length > records.Length
                || records[(int)length - 1] != (byte)'\n')
            {
                throw LayerErrors.Malformed("the tar has a malformed PAX record");
            }

            ReadOnlySpan<byte> record = records[(space + 1)..((int)length - 1)];
            records = records[(int)length..];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw LayerErrors.Malformed("the tar has a malformed PAX record");
            }

            Apply(record[..equals], record[(equals + 1)..]);
        }
    }

    private void Forget()
    {
        Path = null;
        LinkPath = null;
        Size = null;
        Uid = null;
        Gid = null;
        Modified = null;
        Attributes.Clear();
    }

    private void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith(AttributePrefix))
        {
            AddAttribute(key[AttributePrefix.Length..], value);
        }
        else if (key.SequenceEqual("path"u8))
        {
            Path = Text(value);
        }
        else if (key.SequenceEqual("linkpath"u8))
        {
            LinkPath = Text(value);
        }
        else if (key.SequenceEqual("size"u8))
        {
            Size = Number(key, value);
        }
        else if (key.SequenceEqual("uid"u8))
        {
            Uid = Number(key, value);
        }
        else if (key.SequenceEqual("gid"u8))
        {
            Gid = Number(key, value);
        }
        else if (key.SequenceEqual("mtime"u8))
        {
            Modified = Time(value);
        }
        else if (key.StartsWith("GNU.sparse."u8))
        {
            // CVE-2025-58183: the map alone can be larger than memory. No image builder writes these.
            throw LayerErrors.Malformed("the tar has a sparse file, which is not supported");
        }
    }

    private void AddAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || name.Length > 255 || name.Contains((byte)0))
        {
            throw LayerErrors.Malformed("the tar has an extended attribute with a bad name");
        }

        if (Attributes.Count == limits.Attributes || value.Length > limits.AttributeBytes)
        {
            throw LayerErrors.TooMuch(
                $"an entry has more than {limits.Attributes} extended attributes, or one of more than {limits.AttributeBytes} bytes");
        }

        Attributes.Add(new TarAttribute(name.ToArray(), value.ToArray()));
    }

    private byte[]? Text(ReadOnlySpan<byte> value) => value.Length <= limits.PathBytes
        ? value.IsEmpty ? null : value.ToArray()
        : throw LayerErrors.TooMuch($"the tar has a name of more than {limits.PathBytes} bytes");

    // An empty value withdraws the record, and the header's own field counts again.
    private static long? Number(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        return TarNumber.TryParseDecimal(value, out long number)
            ? number
            : throw LayerErrors.Malformed($"the tar has a PAX record '{LayerErrors.Show(key)}' that is no number");
    }

    private static FileTime? Time(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        return TarNumber.TryParseTime(value, out FileTime time)
            ? time
            : throw LayerErrors.Malformed("the tar has a PAX record 'mtime' that is no time");
    }
}
