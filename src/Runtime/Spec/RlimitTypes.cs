using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Keelson.Oci.Spec;

/// <summary>Names of <see cref="RlimitSpec.Type"/>, and how people write limits.</summary>
public static class RlimitTypes
{
    public const string OpenFiles = "RLIMIT_NOFILE";

    private const string Prefix = "RLIMIT_";
    private const string Unlimited = "unlimited";

    /// <summary>In the order of the kernel's numbers.</summary>
    internal static ImmutableArray<string> Names { get; } =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", OpenFiles,
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    internal static FrozenDictionary<string, int> Numbers { get; } =
        Names.Select((name, number) => (name, number)).ToFrozenDictionary(pair => pair.name, pair => pair.number, StringComparer.Ordinal);

    /// <summary>
    /// Reads <c>nofile=1024:524288</c> (soft, then hard) or <c>core=unlimited</c> (both); null for anything else, and for a
    /// soft limit above the hard one.
    /// </summary>
    public static RlimitSpec? TryParse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? string.Empty : text[..equals];
        string[] values = text[(equals + 1)..].Split(':');
        string type = Prefix + name.ToUpperInvariant();
        bool right = Numbers.ContainsKey(type) && name.All(char.IsAsciiLetterLower) && values.Length <= 2;
        return right && TryValue(values[0], out ulong soft) && TryValue(values[^1], out ulong hard) && soft <= hard
            ? new RlimitSpec(type, soft, hard)
            : null;
    }

    private static bool TryValue(string text, out ulong value)
    {
        value = ulong.MaxValue;
        return text == Unlimited || (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < ulong.MaxValue);
    }
}
