using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting;

internal sealed partial class Daemon
{
    [LoggerMessage(EventId = 8001, Level = LogLevel.Information, Message = "keelson {Version} listens on {Socket}")]
    private partial void LogListening(string version, HostPath socket);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Information, Message = "Ready: recovery is over")]
    private partial void LogReady();

    [LoggerMessage(EventId = 8003, Level = LogLevel.Critical, Message = "Recovery failed, so the daemon ends")]
    private partial void LogRecoveryFailed(Exception exception);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Information, Message = "Stopping; containers go on")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 8005, Level = LogLevel.Information, Message = "Stopped")]
    private partial void LogStopped();
}
