using Microsoft.Extensions.Logging;

namespace Keelson.Grpc;

internal sealed partial class GrpcApplication
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "{Method} was abandoned by its client")]
    private partial void LogClientGone(string method);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "{Method} ended with {Status}: {Detail}")]
    private partial void LogFailed(string method, StatusCode status, string detail);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "{Method} ended with {Status}: {Detail}")]
    private partial void LogFailedInside(string method, StatusCode status, string detail);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "{Method} ended with {Status}")]
    private partial void LogFailedUnexpectedly(string method, StatusCode status, Exception exception);
}
