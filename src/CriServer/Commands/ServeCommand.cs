using System.CommandLine;
using Keelson.CriServer.Configuration;
using Keelson.CriServer.Hosting;

namespace Keelson.CriServer.Commands;

internal static class ServeCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("serve", "Run the daemon. SIGTERM stops it and leaves containers running") { options.Configuration };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Settings settings = ConfigurationLoader.Load(parsed.GetValue(options.Configuration));
            return await DaemonHost.RunAsync(settings, CompositionRoot.Compose, context.Error, context.Environment, cancellationToken);
        });
        return command;
    }
}
