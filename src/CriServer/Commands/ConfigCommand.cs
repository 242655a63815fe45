using System.CommandLine;
using Keelson.CriServer.Configuration;

namespace Keelson.CriServer.Commands;

internal static class ConfigCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("config", "Print and check the daemon's configuration");
        var standard = new Command("default", "Print every setting with its default and what it means");
        standard.SetAction(_ =>
        {
            context.Write(ConfigurationPrinter.Default());
            return ExitCodes.Success;
        });

        var check = new Command("check", "Check the files; names every mistake with its file and line") { options.Configuration };
        check.SetAction(parsed =>
        {
            _ = KeelsonOptions.From(ConfigurationLoader.Load(parsed.GetValue(options.Configuration)));
            context.WriteLine("the configuration is good");
            return ExitCodes.Success;
        });

        var dump = new Command("dump", "Print the values in force, each with the file and line it comes from") { options.Configuration };
        dump.SetAction(parsed =>
        {
            context.Write(ConfigurationPrinter.Effective(ConfigurationLoader.Load(parsed.GetValue(options.Configuration))));
            return ExitCodes.Success;
        });

        command.Add(standard);
        command.Add(check);
        command.Add(dump);
        return command;
    }
}
