namespace Keelson.Grpc;

/// <summary>Where and how a <see cref="GrpcServer"/> listens.</summary>
public sealed record GrpcServerOptions
{
    /// <summary>Largest message of most gRPC clients that matter here (k8s.io/cri-client).</summary>
    public const int DefaultMaxMessageSize = 16 * 1024 * 1024;

    /// <summary>Absolute path of the Unix socket. Its directory must exist.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Permissions of the socket, in force before the first client can connect.</summary>
    public UnixFileMode SocketMode { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Largest message taken, after decompression; a larger one ends its call with ResourceExhausted.</summary>
    public int MaxReceiveMessageSize { get; init; } = DefaultMaxMessageSize;

    /// <summary>Largest message sent; the client would drop a larger one, with a less helpful message.</summary>
    public int MaxSendMessageSize { get; init; } = DefaultMaxMessageSize;

    /// <summary>
    /// Turns what a handler throws into the call's status. <see cref="RpcException"/>s and cancellations don't come here.
    /// </summary>
    public Func<Exception, RpcException> TranslateError { get; init; } =
        static e => new RpcException(StatusCode.Unknown, e.Message, e);
}
