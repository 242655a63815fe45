using System.CommandLine;
using System.Globalization;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class PsCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also containers that do not run" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Ids only" };
        var pod = new Option<string?>("--pod", "-p") { Description = "Containers of this pod only", HelpName = "id" };
        var command = new Command("ps", "List containers") { all, quiet, pod, options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            var request = new Cri.ListContainersRequest { Filter = new Cri.ContainerFilter { PodSandboxId = parsed.GetValue(pod) ?? "" } };
            if (!parsed.GetValue(all))
            {
                request.Filter.State = new Cri.ContainerStateValue { State = Cri.ContainerState.ContainerRunning };
            }

            Cri.ListContainersResponse containers = await client.CallAsync(RuntimeMethods.ListContainers, request, cancellationToken);
            context.Write(options.WantsJson(parsed) ? JsonText.Of(containers) + "\n"
                : parsed.GetValue(quiet) ? string.Concat(containers.Containers.Select(c => c.Id + "\n"))
                : Table(containers, context.Time.GetUtcNow()));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Table(Cri.ListContainersResponse containers, DateTimeOffset now)
    {
        var table = new Table("CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD");
        foreach (Cri.Container c in containers.Containers.OrderByDescending(c => c.CreatedAt))
        {
            string image = c.Image.UserSpecifiedImage.Length > 0 ? c.Image.UserSpecifiedImage : c.Image.Image;
            table.Add(
                Words.ShortId(c.Id),
                image.StartsWith("sha256:", StringComparison.Ordinal) ? Words.ShortId(image) : image,
                Words.Age(c.CreatedAt, now),
                Words.State(c.State),
                c.Metadata.Name,
                c.Metadata.Attempt.ToString(CultureInfo.InvariantCulture),
                Words.ShortId(c.PodSandboxId));
        }

        return table.ToString();
    }
}
