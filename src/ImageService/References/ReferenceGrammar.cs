using System.Globalization;

namespace Keelson.Images.References;

/// <summary>The terminals of the reference grammar, checked by hand: no regular expressions at run time.</summary>
internal static class ReferenceGrammar
{
    internal const int MaxNameLength = 255;
    private const int MaxTagLength = 128;
    private const int DigestHexLength = 64;
    private const int MaxPort = 65535;

    internal static bool IsBareDigest(string text) => text.Length == DigestHexLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Word characters, then word characters, dots and dashes; at most 128.</summary>
    internal static bool IsTag(string tag) =>
        tag.Length is > 0 and <= MaxTagLength
        && IsWord(tag[0])
        && tag.All(c => IsWord(c) || c is '.' or '-');

    /// <summary>Slash-separated components of lower-case letters and digits, joined by <c>.</c>, <c>_</c>, <c>__</c> or dashes.</summary>
    internal static bool IsRepository(string repository)
    {
        foreach (Range part in repository.AsSpan().Split('/'))
        {
            if (!IsPathComponent(repository.AsSpan()[part]))
            {
                return false;
            }
        }

        return repository.Length > 0;
    }

    /// <summary>Host name or bracketed IPv6 address, with an optional port.</summary>
    internal static bool IsHost(string host)
    {
        ReadOnlySpan<char> name = host;
        int close = host.LastIndexOf(']');
        int colon = host.LastIndexOf(':');
        if (colon > close)
        {
            if (!IsPort(name[(colon + 1)..]))
            {
                return false;
            }

            name = name[..colon];
        }

        return name is ['[', .. var inner, ']']
            ? System.Net.IPAddress.TryParse(inner, out _) && !inner.Contains('%')
            : IsHostName(name);
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= MaxPort;

    private static bool IsHostName(ReadOnlySpan<char> name)
    {
        foreach (Range part in name.Split('.'))
        {
            ReadOnlySpan<char> label = name[part];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsPathComponent(ReadOnlySpan<char> component)
    {
        if (component.IsEmpty || !IsAlphanumeric(component[0]) || !IsAlphanumeric(component[^1]))
        {
            return false;
        }

        int i = 0;
        while (i < component.Length)
        {
            int length = SeparatorLength(component[i..]);
            if (length == 0 && !IsAlphanumeric(component[i]))
            {
                return false;
            }

            i += Math.Max(length, 1);
            if (length > 0 && !IsAlphanumeric(component[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Length of a separator at the start: one dot, one or two underscores, any number of dashes.</summary>
    private static int SeparatorLength(ReadOnlySpan<char> text) => text switch
    {
        ['.', ..] => 1,
        ['_', '_', ..] => 2,
        ['_', ..] => 1,
        ['-', ..] => text.IndexOfAnyExcept('-') is var end && end < 0 ? text.Length : end,
        _ => 0,
    };

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
