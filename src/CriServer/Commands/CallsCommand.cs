using System.CommandLine;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

/// <summary>Prints the table that README.md shows; for those who change it.</summary>
internal static class CallsCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command("calls", "Print the table of CRI calls as Markdown") { Hidden = true };
        command.SetAction(_ =>
        {
            context.Write(CallTablePrinter.Markdown());
            return ExitCodes.Success;
        });
        return command;
    }
}
