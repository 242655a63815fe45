using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.External;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>Lets an OCI runtime forget a container that has ended, and removes its bundle. Repeatable.</summary>
internal sealed partial class OciLeftovers(PodContext pod)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal async Task RemoveAsync(ContainerId container, SandboxConfig sandbox)
    {
        var bundle = new OciBundle(pod.Layout.Bundle(container));
        if (sandbox.RuntimeHandler.Length == 0 || !Directory.Exists(bundle.Directory.Value))
        {
            return;
        }

        if (pod.Options.RuntimeHandlers.TryGetValue(sandbox.RuntimeHandler, out RuntimeHandler? handler))
        {
            await DeleteAsync(container, handler.Runtime, bundle);
        }

        TreeRemoval.Remove(bundle.Directory);
    }

    private async Task DeleteAsync(ContainerId container, OciRuntime runtime, OciBundle bundle)
    {
        try
        {
            string[] command = [.. runtime.Delete(bundle, container.Value)];
            CommandResult result = await BlockingThreads.RunAsync(() => CommandRunner.Run(new Command
            {
                Path = command[0],
                Arguments = command[1..],
                Environment = OciRuntime.Environment,
                Deadline = Patience,
            }));
            if (result.ExitCode != 0 || result.TimedOut)
            {
                LogNotDeleted(pod.Log, runtime.Program.Value, container.Short, OciLog.LastError(bundle.Log) ?? $"it ended with code {result.ExitCode}");
            }
        }
        catch (LinuxException failure)
        {
            LogNotDeleted(pod.Log, runtime.Program.Value, container.Short, failure.Message);
        }
    }

    [LoggerMessage(7064, LogLevel.Warning, "{Runtime} did not delete container {ContainerId}: {Reason}")]
    private static partial void LogNotDeleted(ILogger log, string runtime, string containerId, string reason);
}
