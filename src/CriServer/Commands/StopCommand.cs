using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class StopCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var objects = new Argument<string[]>("id") { Description = "Containers or pods, by id or name", Arity = ArgumentArity.OneOrMore };
        var timeout = new Option<long>("--timeout", "-t")
        {
            Description = "Seconds between the signal and the kill; 0 kills at once",
            DefaultValueFactory = _ => 10,
            HelpName = "seconds",
        };
        var command = new Command("stop", "Stop containers or whole pods") { objects, timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            foreach (string word in parsed.GetValue(objects)!)
            {
                FoundObject found = await ObjectFinder.AnyAsync(client, word, images: false, cancellationToken);
                if (found.Kind == ObjectKind.Container)
                {
                    await StopContainerAsync(client, found.Id, parsed.GetValue(timeout), cancellationToken);
                }
                else
                {
                    await StopPodAsync(client, found.Id, parsed.GetValue(timeout), cancellationToken);
                }

                context.WriteLine(found.Id);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    internal static Task StopContainerAsync(CriClient client, string id, long timeout, CancellationToken cancellationToken) =>
        client.CallWithoutTimeoutAsync(
            RuntimeMethods.StopContainer, new Cri.StopContainerRequest { ContainerId = id, Timeout = timeout }, cancellationToken);

    /// <summary>StopPodSandbox kills; the grace is for the containers, so they are stopped first, all at once.</summary>
    internal static async Task StopPodAsync(CriClient client, string id, long timeout, CancellationToken cancellationToken)
    {
        var running = new Cri.ContainerFilter
        {
            PodSandboxId = id,
            State = new Cri.ContainerStateValue { State = Cri.ContainerState.ContainerRunning },
        };
        Cri.ListContainersResponse containers = await client.CallAsync(
            RuntimeMethods.ListContainers, new Cri.ListContainersRequest { Filter = running }, cancellationToken);
        await Task.WhenAll(containers.Containers.Select(c => StopContainerAsync(client, c.Id, timeout, cancellationToken)));
        await client.CallWithoutTimeoutAsync(RuntimeMethods.StopPodSandbox, new Cri.StopPodSandboxRequest { PodSandboxId = id }, cancellationToken);
    }
}
