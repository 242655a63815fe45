namespace Keelson.TestKit;

/// <summary>What a daemon has written, line by line, from any thread.</summary>
internal sealed class DaemonLog
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

    /// <summary>Whether a line says that a promise was broken, in text or in JSON.</summary>
    public static bool IsError(string line) =>
        line.Contains(" ERROR ", StringComparison.OrdinalIgnoreCase)
        || line.Contains("\"level\":\"error\"", StringComparison.OrdinalIgnoreCase)
        || line.Contains("level=error", StringComparison.OrdinalIgnoreCase)
        || line.Contains("Unhandled exception", StringComparison.Ordinal);

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
}
