using System.CommandLine;
using Keelson.CriServer.Configuration;
using Keelson.CriServer.Hosting;
using ProcessAttributes = Keelson.Linux.ProcessAttributes;

namespace Keelson.CriServer.Commands;

internal static class ServeCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("serve", "Run the daemon. SIGTERM stops it and leaves containers running") { options.Configuration };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Files are made with explicit modes, which a stricter umask would take from users in containers and a wider
            // one would not narrow where a mode is left to it.
            ProcessAttributes.SetUmask(0x12 /* 022 */);
            Settings settings = ConfigurationLoader.Load(parsed.GetValue(options.Configuration));
            return await DaemonHost.RunAsync(settings, CompositionRoot.Compose, context.Error, context.Environment, cancellationToken);
        });
        return command;
    }
}
