using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keelson.ImageService.Tests.Fakes;

/// <summary>Keeps every log line of every level, with its fields and the whole exception.</summary>
public sealed class LogCollector : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<string> Lines => _lines.Select(line => line.Text);

    public IEnumerable<string> AtLeast(LogLevel level) => _lines.Where(line => line.Level >= level).Select(line => line.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string fields = state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))
            : string.Empty;
        _lines.Enqueue((logLevel, $"{formatter(state, exception)} | {fields} | {exception}"));
    }
}
