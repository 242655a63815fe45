using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

internal sealed partial class UndoStack
{
    [LoggerMessage(7001, LogLevel.Warning, "Could not {Step} while taking back a failed operation")]
    private static partial void LogUndoFailed(ILogger log, string step, Exception failure);
}
