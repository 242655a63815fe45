using System.CommandLine;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands;

internal static class ImagesCommand
{
    internal static Command Create(CommandContext context, GlobalOptions options)
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Ids only" };
        var command = new Command("images", "List images") { quiet, options.OutputFormat };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CriClient client = CriClient.Connect(parsed, options, context);
            Cri.ListImagesResponse images = await client.CallAsync(ImageMethods.ListImages, new Cri.ListImagesRequest(), cancellationToken);
            context.Write(options.WantsJson(parsed) ? JsonText.Of(images) + "\n"
                : parsed.GetValue(quiet) ? string.Concat(images.Images.Select(i => i.Id + "\n"))
                : Table(images));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Table(Cri.ListImagesResponse images)
    {
        var table = new Table("IMAGE", "ID", "SIZE");
        foreach (Cri.Image image in images.Images)
        {
            // One line per name; an image may have lost all its tags to newer ones.
            IEnumerable<string> names = image.RepoTags.Count > 0 ? image.RepoTags : image.RepoDigests.DefaultIfEmpty("<none>");
            foreach (string name in names)
            {
                table.Add(name, Words.ShortId(image.Id), Words.Size(image.Size));
            }
        }

        return table.ToString();
    }
}
