using System.CommandLine;
using System.Globalization;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class StatsCommand
{
    /// <summary>Time between the two readings that a rate needs.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var command = new Command("stats", "Show what running containers use") { options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            Cri.ListContainerStatsResponse first = await ReadAsync(client, cancellationToken);
            if (options.WantsJson(parsed))
            {
                context.WriteLine(JsonText.Of(first));
                return ExitCodes.Success;
            }

            await Task.Delay(Interval, context.Time, cancellationToken);
            context.Write(Table(first, await ReadAsync(client, cancellationToken)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Task<Cri.ListContainerStatsResponse> ReadAsync(CriClient client, CancellationToken cancellationToken) =>
        client.CallAsync(RuntimeMethods.ListContainerStats, new Cri.ListContainerStatsRequest(), cancellationToken);

    private static string Table(Cri.ListContainerStatsResponse before, Cri.ListContainerStatsResponse after)
    {
        Dictionary<string, Cri.ContainerStats> earlier = before.Stats.ToDictionary(s => s.Attributes.Id);
        var table = new Table("CONTAINER", "NAME", "CPU %", "MEMORY", "DISK", "INODES");
        foreach (Cri.ContainerStats stats in after.Stats)
        {
            table.Add(
                Words.ShortId(stats.Attributes.Id),
                stats.Attributes.Metadata.Name,
                earlier.TryGetValue(stats.Attributes.Id, out Cri.ContainerStats? old) ? Percent(old.Cpu, stats.Cpu) : "-",
                stats.Memory?.WorkingSetBytes is { } memory ? Words.Size(memory.Value) : "-",
                stats.WritableLayer?.UsedBytes is { } disk ? Words.Size(disk.Value) : "-",
                stats.WritableLayer?.InodesUsed is { } inodes ? inodes.Value.ToString(CultureInfo.InvariantCulture) : "-");
        }

        return table.ToString();
    }

    private static string Percent(Cri.CpuUsage? before, Cri.CpuUsage? after)
    {
        if (before?.UsageCoreNanoSeconds is not { } used || after?.UsageCoreNanoSeconds is not { } now || after.Timestamp <= before.Timestamp)
        {
            return "-";
        }

        double share = (double)(now.Value - used.Value) / (after.Timestamp - before.Timestamp);
        return (share * 100).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
