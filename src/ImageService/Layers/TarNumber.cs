using System.Globalization;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>The ways numbers are written in tar archives.</summary>
internal static class TarNumber
{
    private const int NanosecondDigits = 9;

    /// <summary>A header field: octal digits among spaces and NULs, or GNU's base 256 where the first byte's top bit is set.</summary>
    internal static bool TryParseField(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryParseBinary(field, out value);
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte digit in digits)
        {
            // Some archivers end a field with NUL and leave old bytes behind it.
            if (digit is 0 or (byte)' ')
            {
                break;
            }

            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>A number of a PAX record.</summary>
    internal static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A time of a PAX record: seconds with a fraction, perhaps negative.</summary>
    internal static bool TryParseTime(ReadOnlySpan<byte> text, out FileTime time)
    {
        time = default;
        bool negative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        int point = digits.IndexOf((byte)'.');
        ReadOnlySpan<byte> fraction = point < 0 ? [] : digits[(point + 1)..];
        if (!TryParseDecimal(point < 0 ? digits : digits[..point], out long seconds) || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        uint nanoseconds = 0;
        for (int i = 0; i < NanosecondDigits; i++)
        {
            nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? (uint)(fraction[i] - '0') : 0);
        }

        // The kernel counts nanoseconds forward: -1.5 s is 2 s before the epoch and half a second on.
        time = (negative, nanoseconds) switch
        {
            (true, 0) => new FileTime(-seconds, 0),
            (true, _) => new FileTime(-seconds - 1, 1_000_000_000 - nanoseconds),
            _ => new FileTime(seconds, nanoseconds),
        };
        return true;
    }

    private static bool TryParseBinary(ReadOnlySpan<byte> field, out long value)
    {
        // Two's complement, big endian; the flag bit is not part of it, the one below is the sign.
        bool negative = (field[0] & 0x40) != 0;
        Int128 wide = negative ? -1 : 0;
        wide = (wide << 7) | (uint)(field[0] & 0x7f);
        foreach (byte b in field[1..])
        {
            wide = (wide << 8) | b;
        }

        value = (long)wide;
        return wide == value;
    }
}
