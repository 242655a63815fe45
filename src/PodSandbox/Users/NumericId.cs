using System.Globalization;

namespace Keelson.Sandboxes.Users;

/// <summary>
/// User and group numbers: 0 to 2^31 - 1. A larger one would wrap to another user, root among them (CVE-2024-40635).
/// </summary>
internal static class NumericId
{
    internal const long Max = int.MaxValue;

    /// <summary>Digits, also behind a sign: what somebody's parser takes for a number is never looked up as a name.</summary>
    internal static bool IsSpelledAsNumber(string text)
    {
        ReadOnlySpan<char> digits = text.StartsWith('-') || text.StartsWith('+') ? text.AsSpan(1) : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }

    internal static bool TryParse(string text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id is >= 0 and <= Max;
}
