using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Host;

internal sealed partial class PodShims
{
    [LoggerMessage(7010, LogLevel.Debug, "No shim of sandbox {SandboxId} to end: {Reason}")]
    private static partial void LogNoShim(ILogger log, string sandboxId, string reason);

    [LoggerMessage(7011, LogLevel.Warning, "The connection to the shim of sandbox {SandboxId} broke: {Reason}")]
    private static partial void LogConnectionBroke(ILogger log, string sandboxId, string reason);

    [LoggerMessage(7012, LogLevel.Error, "The shim of sandbox {SandboxId} is gone: {Reason}")]
    private static partial void LogShimLost(ILogger log, string sandboxId, string reason);
}
