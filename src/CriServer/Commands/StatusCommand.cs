using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class StatusCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("status", "Show the runtime's health; fails when it is not ready") { options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            bool json = options.WantsJson(parsed);
            Cri.StatusResponse status = await client.CallAsync(RuntimeMethods.Status, new Cri.StatusRequest { Verbose = json }, cancellationToken);
            context.Write(json ? JsonText.Of(status.Status, status.Info) + "\n" : Table(status));
            return status.Status.Conditions.All(c => c.Status) ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static string Table(Cri.StatusResponse status)
    {
        var table = new Table("CONDITION", "STATUS", "REASON", "MESSAGE");
        foreach (Cri.RuntimeCondition condition in status.Status.Conditions)
        {
            table.Add(condition.Type, condition.Status ? "true" : "false", condition.Reason, condition.Message);
        }

        return table.ToString();
    }
}
