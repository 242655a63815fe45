using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>One request, any number of answers.</summary>
internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, IResponseStream<TResponse>, CallContext, Task> handler) : ServerMethod(method.Path)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    internal override bool EndsWithServer => true;

    internal override async Task InvokeAsync(ServerCall call)
    {
        TRequest request = await call.ReadRequestAsync(method.RequestParser);

        // Without this the client would learn that the call was accepted only with the first message.
        await call.Response.FlushHeadersAsync(call.Context.CancellationToken);
        await handler(request, new Stream(call.Response), call.Context);
    }

    private sealed class Stream(ResponseWriter response) : IResponseStream<TResponse>
    {
        public ValueTask WriteAsync(TResponse message, CancellationToken cancellationToken) =>
            response.WriteAsync(message, flush: true, cancellationToken);
    }
}
