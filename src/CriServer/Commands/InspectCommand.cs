using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class InspectCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var objects = new Argument<string[]>("id") { Description = "Containers, pods or images, by id or name", Arity = ArgumentArity.OneOrMore };
        var command = new Command("inspect", "Show all that is known about containers, pods or images, as JSON") { objects };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            foreach (string word in parsed.GetValue(objects)!)
            {
                FoundObject found = await ObjectFinder.AnyAsync(client, word, images: true, cancellationToken);
                context.WriteLine(await DescribeAsync(client, found, cancellationToken));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> DescribeAsync(CriClient client, FoundObject found, CancellationToken cancellationToken)
    {
        switch (found.Kind)
        {
            case ObjectKind.Container:
                Cri.ContainerStatusResponse container = await client.CallAsync(
                    RuntimeMethods.ContainerStatus, new Cri.ContainerStatusRequest { ContainerId = found.Id, Verbose = true }, cancellationToken);
                return JsonText.Of(container.Status, container.Info);
            case ObjectKind.Pod:
                Cri.PodSandboxStatusResponse pod = await client.CallAsync(
                    RuntimeMethods.PodSandboxStatus, new Cri.PodSandboxStatusRequest { PodSandboxId = found.Id, Verbose = true }, cancellationToken);
                return JsonText.Of(pod.Status, pod.Info);
            default:
                var request = new Cri.ImageStatusRequest { Image = new Cri.ImageSpec { Image = found.Id }, Verbose = true };
                Cri.ImageStatusResponse image = await client.CallAsync(ImageMethods.ImageStatus, request, cancellationToken);
                return JsonText.Of(image.Image, image.Info);
        }
    }
}
