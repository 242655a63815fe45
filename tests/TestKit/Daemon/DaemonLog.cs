using System.Text.RegularExpressions;

namespace Keelson.TestKit;

/// <summary>What a daemon has written, line by line, from any thread.</summary>
internal sealed partial class DaemonLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Whether a line says that a promise was broken, or is the runtime's last word.</summary>
    public static bool IsError(string line) => ErrorLine().IsMatch(line) || line.StartsWith("Unhandled exception", StringComparison.Ordinal);

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
        }
    }

    [GeneratedRegex(@"^\S+ (error|critical) ")]
    private static partial Regex ErrorLine();
}
