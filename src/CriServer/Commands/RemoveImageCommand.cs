using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class RemoveImageCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var images = new Argument<string[]>("image") { Description = "References or ids", Arity = ArgumentArity.OneOrMore };
        var command = new Command("rmi", "Remove images with all their names") { images };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            foreach (string image in parsed.GetValue(images)!)
            {
                var spec = new Cri.ImageSpec { Image = image };

                // The call itself takes a missing image for removed; a person has mistyped it.
                if ((await client.CallAsync(ImageMethods.ImageStatus, new Cri.ImageStatusRequest { Image = spec }, cancellationToken)).Image is null)
                {
                    throw new Core.KeelsonException(Core.ErrorKind.NotFound, $"image '{image}': not found");
                }

                await client.CallWithoutTimeoutAsync(ImageMethods.RemoveImage, new Cri.RemoveImageRequest { Image = spec }, cancellationToken);
                context.WriteLine($"removed {image}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
