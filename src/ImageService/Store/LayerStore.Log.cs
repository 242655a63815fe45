using Microsoft.Extensions.Logging;

namespace Keelson.Images.Store;

internal sealed partial class LayerStore
{
    [LoggerMessage(6101, LogLevel.Warning, "Layer directory {Directory} has no readable description and is removed")]
    private partial void LogBrokenLayer(string directory);

    [LoggerMessage(6102, LogLevel.Warning, "Layer directory {Directory} could not be deleted: {Reason}")]
    private partial void LogDeletionFailed(string directory, string reason);
}
