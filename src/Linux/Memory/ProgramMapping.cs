using System.Globalization;

namespace Keelson.Linux;

/// <summary>A range of addresses that shows a file.</summary>
/// <param name="Start">The first address.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ProgramMapping(ulong Start, long Length)
{
    /// <summary>
    /// The private mappings of files that can't be written and have no page that differs from the file. What the
    /// loader has relocated and then made read-only (RELRO) differs: dropping it would bring back unrelocated addresses.
    /// </summary>
    /// <param name="smaps">A file as proc_pid_smaps(5) describes.</param>
    internal static List<ProgramMapping> ReadUnmodified(string smaps)
    {
        var found = new List<ProgramMapping>();
        ProgramMapping? candidate = null;
        foreach (string line in File.ReadLines(smaps))
        {
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && char.IsAsciiHexDigitLower(line[0]) | char.IsAsciiDigit(line[0]))
            {
                candidate = Parse(line, dash);
            }
            else if (candidate is { } mapping && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (line.EndsWith(" 0 kB", StringComparison.Ordinal))
                {
                    found.Add(mapping);
                }

                candidate = null;
            }
        }

        return found;
    }

    /// <summary>One heading: <c>start-end perms offset device inode path</c>; null for what is none of ours.</summary>
    private static ProgramMapping? Parse(string heading, int dash)
    {
        int space = heading.IndexOf(' ', dash);
        ReadOnlySpan<char> rest = heading.AsSpan(space + 1);
        bool readOnlyFile = rest is ['r', '-', 'x' or '-', 'p', ..] && rest.Contains('/');
        if (!readOnlyFile)
        {
            return null;
        }

        ulong start = ulong.Parse(heading.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(heading.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new ProgramMapping(start, (long)(end - start));
    }
}
