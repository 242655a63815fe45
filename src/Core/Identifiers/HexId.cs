using System.Diagnostics.CodeAnalysis;

namespace Keelson.Core;

/// <summary>
/// The rule shared by sandbox and container identifiers: 64 lower-case hexadecimal digits. The length and the
/// missing <c>-</c> are contracts: cAdvisor matches <c>[a-z0-9]{64}</c>, and the kubelet splits log symlink names
/// at the last <c>-</c>.
/// </summary>
internal static class HexId
{
    internal const int Length = 64;

    internal static bool IsValid([NotNullWhen(true)] string? value)
    {
        if (value is null || value.Length != Length)
        {
            return false;
        }

        foreach (char c in value)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return true;
    }
}
