using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class LogsCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var container = new Argument<string>("container") { Description = "By id or name" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the container ends" };
        var tail = new Option<int?>("--tail", "-n") { Description = "Begin with the last lines only", HelpName = "lines" };
        var timestamps = new Option<bool>("--timestamps", "-t") { Description = "Show when each line was written" };
        var command = new Command("logs", "Print what a container has written") { container, follow, tail, timestamps };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            Cri.Container target = await ObjectFinder.ContainerAsync(client, parsed.GetValue(container)!, cancellationToken);
            Cri.ContainerStatus status = await StatusAsync(client, target.Id, cancellationToken);
            if (status.LogPath.Length == 0)
            {
                throw new UsageException($"container '{target.Metadata.Name}' was made without a log");
            }

            var printer = new LogPrinter(context, parsed.GetValue(timestamps));
            using var log = new LogFollower(status.LogPath, context);
            PrintTail(log, printer, parsed.GetValue(tail));
            context.Out.Flush();
            if (parsed.GetValue(follow))
            {
                await FollowAsync(client, target.Id, log, printer, context, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Prints as the log grows, and returns the status with which the container has ended.</summary>
    internal static async Task<Cri.ContainerStatus> FollowAsync(
        CriClient client, string id, LogFollower log, LogPrinter printer, CommandContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked before reading: when it had ended by then, what is read now is all there is.
            Cri.ContainerStatus status = await StatusAsync(client, id, cancellationToken);
            log.ReadAvailable(printer.Print);
            context.Out.Flush();
            if (status.State is not (Cri.ContainerState.ContainerRunning or Cri.ContainerState.ContainerCreated))
            {
                return status;
            }

            await log.WaitAsync(cancellationToken);
        }
    }

    private static void PrintTail(LogFollower log, LogPrinter printer, int? lines)
    {
        var kept = new Queue<LogEntry>();
        int whole = 0;
        log.ReadAvailable(entry =>
        {
            if (lines is null)
            {
                printer.Print(entry);
                return;
            }

            kept.Enqueue(entry);
            whole += entry.IsWhole ? 1 : 0;
            while (whole > Math.Max(0, lines.Value))
            {
                whole -= kept.Dequeue().IsWhole ? 1 : 0;
            }
        });
        foreach (LogEntry entry in kept)
        {
            printer.Print(entry);
        }
    }

    private static async Task<Cri.ContainerStatus> StatusAsync(CriClient client, string id, CancellationToken cancellationToken)
    {
        var request = new Cri.ContainerStatusRequest { ContainerId = id };
        return (await client.CallAsync(RuntimeMethods.ContainerStatus, request, cancellationToken)).Status;
    }
}
