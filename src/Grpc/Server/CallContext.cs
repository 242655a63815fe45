namespace Keelson.Grpc;

/// <summary>What a handler may know about the call it serves.</summary>
public sealed class CallContext
{
    internal CallContext(string method, PeerCredentials? peer, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        Method = method;
        Peer = peer;
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    /// <summary><c>/package.Service/Method</c>.</summary>
    public string Method { get; }

    /// <summary>The process at the other end; null when the transport has none.</summary>
    public PeerCredentials? Peer { get; }

    /// <summary>When the client stops waiting; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>
    /// Cancelled when the client has gone or its deadline has passed; for a streaming call also when the server stops.
    /// It says that nobody waits for the answer any more, not that work under way should be undone.
    /// </summary>
    public CancellationToken CancellationToken { get; }
}
