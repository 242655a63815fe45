using Microsoft.Extensions.Logging;

namespace Keelson.Images.Registry;

internal sealed partial class RegistrySession
{
    [LoggerMessage(6001, LogLevel.Warning, "Registry server {Endpoint} did not deliver for {Image} ({Failure}): {Reason}")]
    private partial void LogServerFailed(string image, string endpoint, EndpointFailure failure, string reason);
}
