using System.Text;

namespace Keelson.Grpc;

/// <summary>The <c>grpc-message</c> header: UTF-8 with every byte outside printable ASCII, and <c>%</c>, as <c>%XX</c>.</summary>
internal static class StatusMessage
{
    internal const string Header = "grpc-message";

    /// <summary>
    /// Clients bound all headers together (HttpClient: 64 KB, some: 8 KB); a longer text would lose the status too.
    /// </summary>
    internal const int MaxEncodedLength = 6 * 1024;

    private const string Ellipsis = "...";
    private const string Digits = "0123456789ABCDEF";

    internal static string Encode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in message.EnumerateRunes())
        {
            int start = encoded.Length;
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                Append(encoded, b);
            }

            // Whole characters only: half of one would make the rest unreadable.
            if (encoded.Length > MaxEncodedLength - Ellipsis.Length)
            {
                encoded.Length = start;
                return encoded.Append(Ellipsis).ToString();
            }
        }

        return encoded.ToString();
    }

    /// <summary>Reads leniently, as the protocol asks: what is not a valid escape stands for itself.</summary>
    internal static string Decode(string encoded) => Uri.UnescapeDataString(encoded);

    private static void Append(StringBuilder encoded, byte b)
    {
        if (b is >= 0x20 and <= 0x7e and not (byte)'%')
        {
            encoded.Append((char)b);
        }
        else
        {
            encoded.Append('%').Append(Digits[b >> 4]).Append(Digits[b & 0xF]);
        }
    }
}
