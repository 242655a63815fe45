using System.CommandLine;
using Keelson.CriServer.Commands.Client;

namespace Keelson.CriServer.Commands;

internal static class PullCommand
{
    /// <summary>An argument would show in every process list.</summary>
    private const string CredentialsVariable = "KEELSON_REGISTRY_CREDENTIALS";

    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var image = new Argument<string>("image") { Description = "A reference: busybox, registry.example/app:1.2, app@sha256:..." };
        var command = new Command("pull", $"Pull an image; user:password for the registry are taken from {CredentialsVariable}") { image };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            string id = await ImagePuller.PullAsync(client, Request(parsed.GetValue(image)!, context), context, cancellationToken);
            context.WriteLine(id);
            return ExitCodes.Success;
        });
        return command;
    }

    internal static Cri.PullImageRequest Request(string image, CommandContext context)
    {
        var request = new Cri.PullImageRequest { Image = new Cri.ImageSpec { Image = image } };
        string? credentials = context.Environment(CredentialsVariable);
        if (!string.IsNullOrEmpty(credentials))
        {
            string[] parts = credentials.Split(':', 2);
            request.Auth = parts.Length == 2
                ? new Cri.AuthConfig { Username = parts[0], Password = parts[1] }
                : throw new UsageException($"{CredentialsVariable}: expected user:password");
        }

        return request;
    }
}
