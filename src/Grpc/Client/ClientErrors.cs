using System.Net.Sockets;

namespace Keelson.Grpc;

/// <summary>Turns what the HTTP client throws during one call into the call's end.</summary>
/// <param name="socketPath">For messages.</param>
/// <param name="call">Cancelled by the deadline or the caller.</param>
/// <param name="caller">Cancelled by the caller alone.</param>
internal sealed class ClientErrors(string socketPath, CancellationToken call, CancellationToken caller)
{
    internal async Task<T> Translate<T>(Task<T> step)
    {
        try
        {
            return await step;
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (call.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, "the deadline of the call has passed", e);
        }
        catch (HttpRequestException e)
        {
            string reason = e.InnerException is SocketException socket ? Reason(socket) : e.Message;
            throw new RpcException(StatusCode.Unavailable, $"'{socketPath}': {reason}", e);
        }
        catch (IOException e)
        {
            throw new RpcException(StatusCode.Unavailable, $"'{socketPath}': the connection broke: {e.Message}", e);
        }
    }

    private static string Reason(SocketException failure) => failure.SocketErrorCode switch
    {
        // What .NET makes of ENOENT; its own text speaks of addresses.
        SocketError.AddressNotAvailable => "there is no such socket",
        SocketError.ConnectionRefused => "nobody listens there",
        _ => failure.Message,
    };
}
