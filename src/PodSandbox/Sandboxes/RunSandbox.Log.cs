using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

internal sealed partial class RunSandbox
{
    [LoggerMessage(7020, LogLevel.Information, "Sandbox {SandboxId} of pod {Pod} runs, address {Address}")]
    private static partial void LogRunning(ILogger log, string sandboxId, string pod, string address);

    [LoggerMessage(7021, LogLevel.Error, "What is left of sandbox {SandboxId} could not be recorded; the next start sweeps it up")]
    private static partial void LogCannotKeep(ILogger log, string sandboxId, Exception failure);
}
