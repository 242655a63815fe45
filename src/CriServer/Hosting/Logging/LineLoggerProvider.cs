using System.Text;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting.Logging;

/// <summary>The daemon's log: one line per event on one stream, which journald or a container's log takes from there.</summary>
internal sealed class LineLoggerProvider(Stream output, bool json, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() => output.Flush();

    private void Write(in LogLine line)
    {
        byte[] bytes = json ? LogFormat.Json(line) : Encoding.UTF8.GetBytes(LogFormat.Text(line));

        // One write per line: lines of several threads never mix.
        lock (_gate)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            IReadOnlyList<KeyValuePair<string, object?>> fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            owner.Write(new LogLine(owner.Now, logLevel, category, eventId.Id, formatter(state, exception), fields, exception));
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
