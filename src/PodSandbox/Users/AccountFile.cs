using System.Collections.Immutable;
using System.Text;

namespace Keelson.Sandboxes.Users;

/// <summary>
/// Lines of fields separated by colons. The file is the image's, so it is bounded in every direction
/// (CVE-2026-47262): a line that is too long or malformed is skipped, and lines beyond the bound are not read.
/// </summary>
internal sealed record AccountFile<T>(ImmutableArray<T> Entries)
    where T : class
{
    internal const int MaxBytes = 8 << 20;
    private const int MaxLines = 100_000;
    private const int MaxLineBytes = 64 << 10;

    internal static AccountFile<T> Parse(ReadOnlySpan<byte> content, Func<string[], T?> parse)
    {
        var entries = ImmutableArray.CreateBuilder<T>();
        int lines = 0;
        foreach (Range range in content[..Math.Min(content.Length, MaxBytes)].Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = content[range];
            if (++lines > MaxLines)
            {
                break;
            }

            if (line.Length is 0 or > MaxLineBytes || line[0] == '#')
            {
                continue;
            }

            if (parse(Encoding.UTF8.GetString(line).TrimEnd('\r').Split(':')) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new AccountFile<T>(entries.ToImmutable());
    }
}
