namespace Keelson.Grpc;

/// <summary>A call's end other than success, on either side of the connection.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the end of a call.</summary>
    /// <param name="status">Anything but <see cref="StatusCode.OK"/>.</param>
    /// <param name="detail">Sent to the peer as <c>grpc-message</c>.</param>
    /// <param name="inner">The cause; stays on this side.</param>
    public RpcException(StatusCode status, string detail, Exception? inner = null)
        : base(detail, inner)
    {
        Status = status;
    }

    /// <summary>The code on the wire.</summary>
    public StatusCode Status { get; }
}
