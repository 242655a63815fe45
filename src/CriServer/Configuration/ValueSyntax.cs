using System.Globalization;
using Keelson.Oci.Spec;

namespace Keelson.CriServer.Configuration;

/// <summary>Whether a text is a value of its setting, and which.</summary>
internal static class ValueSyntax
{
    /// <returns>What was expected instead, or null when the text is right.</returns>
    internal static string? Check(Setting setting, string text) => setting.Kind switch
    {
        SettingKind.Text => null,
        SettingKind.Choice => setting.Choices.Contains(text) ? null : $"expected one of {string.Join(", ", setting.Choices)}",
        SettingKind.Flag => text is "true" or "false" ? null : "expected true or false",
        SettingKind.Number => TryNumber(text, out long n) && n >= setting.Minimum && n <= setting.Maximum
            ? null
            : $"expected a whole number from {setting.Minimum} to {setting.Maximum}",
        SettingKind.Duration => TryDuration(text, out _) ? null : "expected a duration such as 500ms, 30s, 5m or 1h",
        SettingKind.Path => IsPath(text) ? null : "expected an absolute path without '.' and '..'",
        SettingKind.Address => IsAddress(text) ? null : "expected an address that begins with http:// or https://",
        SettingKind.Rlimit => RlimitTypes.TryParse(text) is not null
            ? null
            : "expected a resource limit such as nofile=1024:524288 or core=unlimited, the soft limit not above the hard one",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    internal static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 9 || !TryNumber(text[..digits], out long value) || value == 0)
        {
            return false;
        }

        TimeSpan? unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        duration = (unit ?? TimeSpan.Zero) * value;
        return unit is not null;
    }

    private static bool IsPath(string text) =>
        text.StartsWith('/') && !text.Contains('\0') && !text.Split('/').Any(part => part is "." or "..");

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Host.Length > 0;
}
