using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

internal sealed partial class RunSandbox
{
    [LoggerMessage(7020, LogLevel.Information, "Sandbox {SandboxId} of pod {Pod} runs, address {Address}")]
    private static partial void LogRunning(ILogger log, string sandboxId, string pod, string address);
}
