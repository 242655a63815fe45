using System.Globalization;
using Keelson.CriServer.Commands.Output;
using Keelson.CriServer.Registry;
using Keelson.Grpc;

namespace Keelson.CriServer.Commands.Client;

/// <summary>
/// Pulls an image and shows that something happens. PullImage tells nothing before its end, so what is shown is what
/// CRI can tell meanwhile: the time, and how the disk use of images grows.
/// </summary>
internal static class ImagePuller
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Carriage return, and CSI K: erases what the line showed.</summary>
    private const string StartOfLine = "\r\u001b[K";

    internal static async Task<string> PullAsync(
        CriClient client, Cri.PullImageRequest request, CommandContext context, CancellationToken cancellationToken)
    {
        long begun = context.Time.GetTimestamp();
        Task<Cri.PullImageResponse> pull = client.CallWithoutTimeoutAsync(ImageMethods.PullImage, request, cancellationToken);
        if (context.Interactive)
        {
            await ShowAsync(client, request.Image.Image, pull, context, cancellationToken);
        }

        Cri.PullImageResponse response = await pull;
        context.WriteErrorLine(string.Create(
            CultureInfo.InvariantCulture, $"pulled {request.Image.Image} in {context.Time.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        return response.ImageRef;
    }

    private static async Task ShowAsync(CriClient client, string image, Task pull, CommandContext context, CancellationToken cancellationToken)
    {
        using var terminal = new StreamWriter(context.Error, leaveOpen: true) { AutoFlush = true };
        long begun = context.Time.GetTimestamp();
        ulong before = await UsedAsync(client, cancellationToken);
        terminal.Write($"pulling {image}");
        try
        {
            while (await Task.WhenAny(pull, Task.Delay(Interval, context.Time, cancellationToken)) != pull)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ulong used = await UsedAsync(client, cancellationToken);
                string grown = used > before ? $", {Words.Size(used - before)} on disk" : "";
                terminal.Write(string.Create(
                    CultureInfo.InvariantCulture, $"{StartOfLine}pulling {image}  {context.Time.GetElapsedTime(begun).TotalSeconds:0.0} s{grown}"));
            }
        }
        finally
        {
            terminal.Write(StartOfLine);
        }
    }

    private static async Task<ulong> UsedAsync(CriClient client, CancellationToken cancellationToken)
    {
        try
        {
            Cri.ImageFsInfoResponse info = await client.CallAsync(ImageMethods.ImageFsInfo, new Cri.ImageFsInfoRequest(), cancellationToken);
            return info.ImageFilesystems.Aggregate(0ul, (sum, f) => sum + (f.UsedBytes?.Value ?? 0));
        }
        catch (RpcException)
        {
            // A decoration must not fail a pull.
            return 0;
        }
    }
}
