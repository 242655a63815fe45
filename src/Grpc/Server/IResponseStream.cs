namespace Keelson.Grpc;

/// <summary>The answers of a server-streaming call.</summary>
public interface IResponseStream<in TResponse>
{
    /// <summary>Sends one message and returns when the transport has taken it; a slow reader makes this wait.</summary>
    /// <remarks>One write at a time.</remarks>
    ValueTask WriteAsync(TResponse message, CancellationToken cancellationToken);
}
