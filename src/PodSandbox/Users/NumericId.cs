using System.Globalization;

namespace Keelson.Sandboxes.Users;

/// <summary>
/// User and group numbers: 0 to 2^31 - 1. A larger one would wrap to another user, root among them (CVE-2024-40635).
/// </summary>
internal static class NumericId
{
    internal const long Max = int.MaxValue;

    internal static bool IsAllDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    internal static bool TryParse(string text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id is >= 0 and <= Max;
}
