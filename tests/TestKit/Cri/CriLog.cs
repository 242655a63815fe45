using System.Globalization;
using System.Text.RegularExpressions;

namespace Keelson.TestKit;

/// <summary>A container's log file as the kubelet parses it.</summary>
public static partial class CriLog
{
    /// <summary>Every line of the file; a line that is not in the format is an error, as it is for the kubelet.</summary>
    public static IReadOnlyList<CriLogLine> Read(string path) =>
        [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>The text of one stream, partial lines joined, each full line ended by a newline.</summary>
    public static string Text(string path, string stream = "stdout") =>
        string.Concat(Read(path).Where(line => line.Stream == stream).Select(line => line.IsPartial ? line.Text : line.Text + "\n"));

    private static CriLogLine Parse(string line)
    {
        Match match = Format().Match(line);
        if (!match.Success)
        {
            throw new FormatException($"not a CRI log line: '{line}'");
        }

        return new CriLogLine(
            DateTimeOffset.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture),
            match.Groups["stream"].Value,
            match.Groups["tag"].Value == "P",
            match.Groups["text"].Value);
    }

    [GeneratedRegex(@"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(Z|[+-]\d\d:\d\d)) (?<stream>stdout|stderr) (?<tag>[PF]) (?<text>.*)\z", RegexOptions.Singleline)]
    private static partial Regex Format();
}
