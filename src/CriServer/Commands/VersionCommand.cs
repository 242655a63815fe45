using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Hosting;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class VersionCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("version", "Show this program's version and the runtime's") { options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            Cri.VersionResponse version = await client.CallAsync(RuntimeMethods.Version, new Cri.VersionRequest { Version = "0.1.0" }, cancellationToken);
            context.WriteLine(options.WantsJson(parsed)
                ? JsonText.Of(version)
                : $"client: keelson {Product.Version}\nruntime: {version.RuntimeName} {version.RuntimeVersion}, CRI {version.RuntimeApiVersion}");
            return ExitCodes.Success;
        });
        return command;
    }
}
