using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class RunCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var run = new RunOptions();
        Command command = run.Command("Run a container in a pod of its own (put -- before options of the command)");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            string image = await ImageAsync(client, parsed.GetValue(run.Image)!, context, cancellationToken);
            Cri.PodSandboxConfig pod = RunConfigs.Pod(parsed, run);
            var times = new StepTimes(context, parsed.GetValue(run.Times));
            string podId = await times.MeasureAsync("RunPodSandbox", () => StartPodAsync(client, pod, parsed.GetValue(run.RuntimeHandler), cancellationToken));
            bool keep = false;
            try
            {
                Cri.ContainerConfig container = RunConfigs.Container(parsed, run, pod, image);
                string id = await StartContainerAsync(client, podId, container, pod, times, cancellationToken);
                keep = !parsed.GetValue(run.Remove);
                if (keep)
                {
                    context.WriteLine(id);
                    return ExitCodes.Success;
                }

                return await FollowAsync(client, id, context, cancellationToken);
            }
            finally
            {
                if (!keep)
                {
                    // Also after Ctrl-C: the pod must not outlive the command that is to remove it.
                    await RemoveCommand.RemovePodAsync(client, podId, CancellationToken.None);
                }
            }
        });
        return command;
    }

    /// <summary>The image's id; pulled first when the node does not have it.</summary>
    private static async Task<string> ImageAsync(CriClient client, string name, CommandContext context, CancellationToken cancellationToken)
    {
        var request = new Cri.ImageStatusRequest { Image = new Cri.ImageSpec { Image = name } };
        Cri.ImageStatusResponse status = await client.CallAsync(ImageMethods.ImageStatus, request, cancellationToken);
        return status.Image?.Id ?? await ImagePuller.PullAsync(client, PullCommand.Request(name, context), context, cancellationToken);
    }

    private static async Task<string> StartPodAsync(CriClient client, Cri.PodSandboxConfig pod, string? handler, CancellationToken cancellationToken)
    {
        try
        {
            var request = new Cri.RunPodSandboxRequest { Config = pod, RuntimeHandler = handler ?? string.Empty };
            return (await client.CallWithoutTimeoutAsync(RuntimeMethods.RunPodSandbox, request, cancellationToken)).PodSandboxId;
        }
        catch
        {
            PodLogs.DeleteIfOurs(pod.Metadata, pod.Annotations);
            throw;
        }
    }

    private static async Task<string> StartContainerAsync(
        CriClient client, string podId, Cri.ContainerConfig container, Cri.PodSandboxConfig pod, StepTimes times, CancellationToken cancellationToken)
    {
        var create = new Cri.CreateContainerRequest { PodSandboxId = podId, Config = container, SandboxConfig = pod };
        Cri.CreateContainerResponse created = await times.MeasureAsync(
            "CreateContainer", () => client.CallAsync(RuntimeMethods.CreateContainer, create, cancellationToken));
        var start = new Cri.StartContainerRequest { ContainerId = created.ContainerId };
        await times.MeasureAsync("StartContainer", () => client.CallAsync(RuntimeMethods.StartContainer, start, cancellationToken));
        return created.ContainerId;
    }

    private static async Task<int> FollowAsync(CriClient client, string id, CommandContext context, CancellationToken cancellationToken)
    {
        var request = new Cri.ContainerStatusRequest { ContainerId = id };
        string path = (await client.CallAsync(RuntimeMethods.ContainerStatus, request, cancellationToken)).Status.LogPath;
        using var log = new LogFollower(path, context);
        Cri.ContainerStatus end = await LogsCommand.FollowAsync(client, id, log, new LogPrinter(context, timestamps: false), context, cancellationToken);
        return end.ExitCode;
    }
}
