using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Images;

public sealed partial class ImageService
{
    [LoggerMessage(6010, LogLevel.Information, "Pulled image {Image} as {ImageId}: {Bytes} bytes in {Seconds:0.00} s")]
    private partial void LogPulled(string image, Digest imageId, long bytes, double seconds);

    [LoggerMessage(6011, LogLevel.Warning, "Pull of image {Image} failed: {Reason}")]
    private partial void LogPullFailed(string image, string reason);

    [LoggerMessage(6012, LogLevel.Information, "Removed image {ImageId} ({Tags})")]
    private partial void LogRemoved(Digest imageId, string tags);
}
