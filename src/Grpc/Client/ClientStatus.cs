using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Keelson.Grpc;

/// <summary>Reads how a call ended from an answer's headers and trailers.</summary>
internal static class ClientStatus
{
    /// <summary>A peer that speaks HTTP but not gRPC is told apart by its HTTP status, as the protocol maps it.</summary>
    internal static void ThrowIfNotGrpc(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        StatusCode status = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway => StatusCode.Unavailable,
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        throw new RpcException(status, $"the server answered with HTTP status {(int)response.StatusCode}");
    }

    /// <summary>The body must have been read to its end: trailers come after it.</summary>
    internal static void ThrowIfFailed(HttpResponseMessage response)
    {
        // An answer without messages carries its status in the headers.
        HttpResponseHeaders source = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        string? code = First(source, "grpc-status");
        if (code is null || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new RpcException(StatusCode.Unknown, "the server's answer has no grpc-status");
        }

        if (number != 0)
        {
            string message = First(source, StatusMessage.Header) ?? string.Empty;
            throw new RpcException((StatusCode)number, StatusMessage.Decode(message));
        }
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;
}
