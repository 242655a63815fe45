using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class RemoveCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var objects = new Argument<string[]>("id") { Description = "Containers or pods, by id or name", Arity = ArgumentArity.OneOrMore };
        var force = new Option<bool>("--force", "-f") { Description = "Also what runs" };
        var command = new Command("rm", "Remove containers or whole pods") { objects, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            foreach (string word in parsed.GetValue(objects)!)
            {
                FoundObject found = await ObjectFinder.AnyAsync(client, word, images: false, cancellationToken);
                if (found.Running && !parsed.GetValue(force))
                {
                    throw new UsageException($"'{word}' is running: stop it first, or use --force");
                }

                if (found.Kind == ObjectKind.Container)
                {
                    await client.CallWithoutTimeoutAsync(
                        RuntimeMethods.RemoveContainer, new Cri.RemoveContainerRequest { ContainerId = found.Id }, cancellationToken);
                }
                else
                {
                    await RemovePodAsync(client, found.Id, cancellationToken);
                }

                context.WriteLine(found.Id);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    internal static async Task RemovePodAsync(CriClient client, string id, CancellationToken cancellationToken)
    {
        Cri.PodSandboxStatusResponse pod = await client.CallAsync(
            RuntimeMethods.PodSandboxStatus, new Cri.PodSandboxStatusRequest { PodSandboxId = id }, cancellationToken);
        await client.CallWithoutTimeoutAsync(RuntimeMethods.StopPodSandbox, new Cri.StopPodSandboxRequest { PodSandboxId = id }, cancellationToken);
        await client.CallWithoutTimeoutAsync(RuntimeMethods.RemovePodSandbox, new Cri.RemovePodSandboxRequest { PodSandboxId = id }, cancellationToken);
        PodLogs.DeleteIfOurs(pod.Status.Metadata, pod.Status.Annotations);
    }
}
