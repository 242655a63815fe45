using Keelson.Core;

namespace Keelson.Sandboxes.Cdi;

/// <summary>A device's full name, <c>vendor.com/class=name</c>.</summary>
internal readonly record struct CdiName
{
    // The specification has no bound; a file name's is far above what vendors use.
    private const int MaxPartLength = 255;

    private readonly string? _text;

    private CdiName(string text) => _text = text;

    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static CdiName Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && IsKind(text[..equals]) && IsDevice(text[(equals + 1)..])
            ? new CdiName(text)
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"CDI device '{text}': expected a name such as vendor.com/class=device");
    }

    /// <summary>The device <paramref name="device"/> of a kind; both were checked.</summary>
    internal static CdiName Of(string kind, string device) => new($"{kind}={device}");

    /// <summary>Whether <paramref name="text"/> is a vendor and a class, <c>vendor.com/class</c>.</summary>
    internal static bool IsKind(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsPart(text[..slash]) && IsPart(text[(slash + 1)..]);
    }

    internal static bool IsDevice(string text) =>
        text.Length is > 0 and <= MaxPartLength
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':');

    public override string ToString() => _text ?? string.Empty;

    private static bool IsPart(string text) =>
        text.Length is > 0 and <= MaxPartLength
        && char.IsAsciiLetter(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
