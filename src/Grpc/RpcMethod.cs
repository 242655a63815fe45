using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>One method of a service: what server and client must agree on.</summary>
/// <param name="Service">With its package: <c>runtime.v1.RuntimeService</c>.</param>
/// <param name="Name">As in the proto file.</param>
/// <param name="RequestParser">Reads what the client sends.</param>
/// <param name="ResponseParser">Reads what the server sends.</param>
public sealed record RpcMethod<TRequest, TResponse>(
    string Service,
    string Name,
    MessageParser<TRequest> RequestParser,
    MessageParser<TResponse> ResponseParser)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The request's path on the wire.</summary>
    public string Path { get; } = $"/{Service}/{Name}";
}
