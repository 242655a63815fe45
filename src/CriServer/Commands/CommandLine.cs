using System.CommandLine;
using System.CommandLine.Parsing;
using Keelson.Core;
using Keelson.CriServer.Configuration;
using Keelson.Grpc;

namespace Keelson.CriServer.Commands;

/// <summary>The program's commands. All but <c>serve</c> and <c>config</c> speak CRI and work with any runtime.</summary>
internal static class CommandLine
{
    /// <summary>
    /// How long a command may take after SIGINT or SIGTERM before the process is ended under it. The library's own two
    /// seconds would cut off a daemon that waits for its calls, and a run that removes its pod; both have bounds of
    /// their own.
    /// </summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(10);

    internal static async Task<int> RunAsync(string[] arguments, CommandContext context, CancellationToken cancellationToken)
    {
        ParseResult parsed = Root(context).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                context.WriteErrorLine($"keelson: {error.Message}");
            }

            context.WriteErrorLine($"Try '{Path(parsed)} --help'.");
            return ExitCodes.Usage;
        }

        try
        {
            using var output = new StreamWriter(context.Out, leaveOpen: true);
            using var errors = new StreamWriter(context.Error, leaveOpen: true);
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = errors,
                ProcessTerminationTimeout = TerminationTimeout,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (Exception e) when (e is RpcException or KeelsonException or UsageException or IOException or UnauthorizedAccessException)
        {
            return Report(e, context);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // 128 + SIGINT, as a shell expects of an interrupted command.
            return 130;
        }
    }

    private static RootCommand Root(CommandContext context)
    {
        var options = new GlobalOptions();
        var root = new RootCommand("Keelson, a container runtime for Kubernetes")
        {
            ServeCommand.Create(context, options),
            ConfigCommand.Create(context, options),
            PsCommand.Create(context, options),
            PodsCommand.Create(context, options),
            ImagesCommand.Create(context, options),
            PullCommand.Create(context, options),
            RemoveImageCommand.Create(context, options),
            RunCommand.Create(context, options),
            ExecCommand.Create(context, options),
            LogsCommand.Create(context, options),
            StopCommand.Create(context, options),
            RemoveCommand.Create(context, options),
            InspectCommand.Create(context, options),
            StatsCommand.Create(context, options),
            StatusCommand.Create(context, options),
            VersionCommand.Create(context, options),
            CompletionCommand.Create(context),
            CallsCommand.Create(context),
        };
        root.Options.Add(options.Endpoint);
        return root;
    }

    internal static int Report(Exception exception, CommandContext context)
    {
        switch (exception)
        {
            case ConfigurationException configuration:
                foreach (string mistake in configuration.Mistakes)
                {
                    context.WriteErrorLine(mistake);
                }

                return ExitCodes.Usage;
            case UsageException:
                context.WriteErrorLine($"keelson: {exception.Message}");
                return ExitCodes.Usage;
            case RpcException rpc:
                context.WriteErrorLine($"keelson: {rpc.Status}: {rpc.Message}");
                return ExitCodes.Failure;
            default:
                context.WriteErrorLine($"keelson: {exception.Message}");
                return ExitCodes.Failure;
        }
    }

    private static string Path(ParseResult parsed)
    {
        CommandResult command = parsed.CommandResult;
        return command.Parent is CommandResult ? $"keelson {command.Command.Name}" : "keelson";
    }
}
