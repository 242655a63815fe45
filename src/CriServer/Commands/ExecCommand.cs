using System.CommandLine;
using Keelson.Core;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;
using Keelson.Grpc;

namespace Keelson.CriServer.Commands;

internal static class ExecCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var container = new Argument<string>("container") { Description = "By id or name" };
        var words = new Argument<string[]>("command") { Description = "The command and its arguments", Arity = ArgumentArity.OneOrMore };
        var timeout = new Option<long>("--timeout", "-t") { Description = "Seconds until it is killed; 0 for never", HelpName = "seconds" };
        var command = new Command("exec", "Run a command in a running container, print its output, and end with its exit code (put -- before options of the command)")
        {
            timeout, container, words,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            try
            {
                Cri.Container target = await ObjectFinder.ContainerAsync(client, parsed.GetValue(container)!, cancellationToken);
                var request = new Cri.ExecSyncRequest { ContainerId = target.Id, Timeout = parsed.GetValue(timeout) };
                request.Cmd.Add(parsed.GetValue(words));
                Cri.ExecSyncResponse result = await client.CallWithoutTimeoutAsync(RuntimeMethods.ExecSync, request, cancellationToken);
                result.Stdout.WriteTo(context.Out);
                result.Stderr.WriteTo(context.Error);
                return result.ExitCode;
            }
            catch (Exception e) when (e is RpcException or KeelsonException)
            {
                CommandLine.Report(e, context);
                return ExitCodes.NotRun;
            }
        });
        return command;
    }
}
