using Microsoft.Extensions.Logging;

namespace Keelson.Images.Store;

internal sealed partial class ImageStore
{
    [LoggerMessage(6110, LogLevel.Warning, "Image record {File} is put aside: {Reason}")]
    private partial void LogQuarantined(string file, string reason);
}
