using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting.Logging;

/// <summary>One event on its way to the log.</summary>
internal readonly record struct LogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    int EventId,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception);
