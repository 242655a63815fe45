using System.CommandLine;
using System.Globalization;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class PodsCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Ids only" };
        var ready = new Option<bool>("--ready") { Description = "Only pods that are ready" };
        var command = new Command("pods", "List pods") { quiet, ready, options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            var request = new Cri.ListPodSandboxRequest { Filter = new Cri.PodSandboxFilter() };
            if (parsed.GetValue(ready))
            {
                request.Filter.State = new Cri.PodSandboxStateValue { State = Cri.PodSandboxState.SandboxReady };
            }

            Cri.ListPodSandboxResponse pods = await client.CallAsync(RuntimeMethods.ListPodSandbox, request, cancellationToken);
            context.Write(options.WantsJson(parsed) ? JsonText.Of(pods) + "\n"
                : parsed.GetValue(quiet) ? string.Concat(pods.Items.Select(p => p.Id + "\n"))
                : Table(pods, context.Time.GetUtcNow()));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Table(Cri.ListPodSandboxResponse pods, DateTimeOffset now)
    {
        var table = new Table("POD", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT");
        foreach (Cri.PodSandbox p in pods.Items.OrderByDescending(p => p.CreatedAt))
        {
            string attempt = p.Metadata.Attempt.ToString(CultureInfo.InvariantCulture);
            table.Add(Words.ShortId(p.Id), Words.Age(p.CreatedAt, now), Words.State(p.State), p.Metadata.Name, p.Metadata.Namespace, attempt);
        }

        return table.ToString();
    }
}
